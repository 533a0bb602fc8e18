using System.Globalization;
using Spectre.Console.Rendering;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Says what a training is to be of, before it begins: the images of each class, the network, where it is computed; and warns of what will not go well.</summary>
internal static class TrainingPlan
{
    private const int FewImages = 20;
    private const int UnevenTimes = 10;
    private const int MostNames = 5;

    /// <summary>Prints it.</summary>
    /// <param name="options">The options of the training.</param>
    /// <param name="training">The images to train on.</param>
    /// <param name="validation">The images to measure on.</param>
    /// <param name="isHeldOut">Whether those to measure on are a share of the same folder.</param>
    public static void Write(TlbTrainer.Options options, IReadOnlyList<ImageFile> training, IReadOnlyList<ImageFile> validation, bool isHeldOut)
    {
        var (trained, measured) = (Count(training), Count(validation));
        var classes = trained.Keys.Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Images: trained[name] + (isHeldOut ? Measured(name) : 0), Measured: Measured(name))).ToList();
        var use = isHeldOut ? "held out" : "to measure on";
        Console.WriteLine(FormattableString.Invariant(
            $"images    {classes.Sum(each => each.Images):N0} in {classes.Count:N0} classes, {(isHeldOut ? "" : "and ")}{validation.Count:N0} {(isHeldOut ? "of them " : "others ")}{use}"));
        if (classes.Count <= ClassTables.MostClasses)
            WriteClasses(classes, use);
        else
            Console.WriteLine(FormattableString.Invariant(
                $"          {Range(classes.Select(each => each.Images))} of each class, {Range(classes.Select(each => each.Measured))} {use}"));
        var network = options.Network! with { NumberOfClasses = classes.Count };
        Console.WriteLine(FormattableString.Invariant(
            $"network   {Kind(network)}{network.ImageSize}x{network.ImageSize} pixels, {Counted(network.TokenCount, "token")} in {Counted(network.ChunkCount, "chunk")}, {new ParameterLayout(network).ValueCount:N0} parameters"));
        Console.WriteLine($"device    {Device(options)}");
        Warn(options, classes.ConvertAll(each => (each.Name, each.Images)));

        int Measured(string name) => measured.GetValueOrDefault(name);
    }

    /// <summary>Which of the named networks it is, for images of its size; nothing for another.</summary>
    private static string Kind(TlbConfig network) => TlbConfig.Presets
        .Where(preset => TlbConfig.ForImages(network.ImageSize, network.ImageSize, preset.Value) with { NumberOfClasses = network.NumberOfClasses } == network)
        .Select(preset => $"{preset.Key} for images of ").FirstOrDefault("");

    private static Dictionary<string, int> Count(IReadOnlyList<ImageFile> images) => images.CountBy(image => image.Label, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    private static void WriteClasses(List<(string Name, int Images, int Measured)> classes, string use)
    {
        var (name, number) = (classes.Max(each => Cells(each.Name)), classes.Max(each => Number(each.Images).Length));
        foreach (var each in classes)
            Console.WriteLine($"          {each.Name}{new string(' ', name - Cells(each.Name))}  {Number(each.Images).PadLeft(number)}, {Number(each.Measured)} {use}");
    }

    private static string Device(TlbTrainer.Options options)
    {
        var device = options.Device.CudaIndex is null ? options.Distributed ? $"cpu, {Number(MpiLaunch.Count)} ranks" : $"cpu, {Counted(Environment.ProcessorCount, "thread")}" : $"{options.Device}";
        return options.Precision == Precision.Auto ? device : $"{device}, {options.Precision}";
    }

    private static void Warn(TlbTrainer.Options options, List<(string Name, int Images)> classes)
    {
        var few = classes.FindAll(each => each.Images < FewImages);
        if (few.Count > 0)
            Console.Error.WriteLine(
                $"warning: {(few.Count == 1 ? "1 class has" : $"{Number(few.Count)} classes have")} fewer than {FewImages} images: {string.Join(", ", few.Take(MostNames).Select(each => $"{each.Name} ({Number(each.Images)})"))}{(few.Count > MostNames ? $" and {Number(few.Count - MostNames)} more" : "")}. A network trained from scratch needs some hundreds of each.");
        var (least, most) = (classes.MinBy(each => each.Images), classes.MaxBy(each => each.Images));
        if (most.Images > UnevenTimes * least.Images && !options.BalanceClasses && options.ClassWeights is null)
            Console.Error.WriteLine(
                $"warning: the classes are uneven: {most.Name} has {Number(most.Images)} images, {least.Name} {Number(least.Images)}. With --balance-classes rare ones count as much.");
    }

    private static int Cells(string text) => new Segment(text).CellCount();

    private static string Range(IEnumerable<int> counts) => counts.Min() == counts.Max() ? Number(counts.Max()) : $"{Number(counts.Min())} to {Number(counts.Max())}";

    private static string Counted(int count, string what) => $"{Number(count)} {what}{(count == 1 ? "" : "s")}";

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
