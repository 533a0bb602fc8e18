using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What a command leaves out: each is named when it is found, and all are counted at the end.</summary>
internal static class LeftOut
{
    private const int Named = 3;

    private static readonly HashSet<string> All = new(StringComparer.Ordinal);
    private static readonly List<BadImage> First = [];

    /// <summary>What to do with images that can't be read.</summary>
    /// <param name="skipBadImages">Whether to go on without them.</param>
    public static Action<BadImage> Callback(bool skipBadImages) => skipBadImages ? Add : Refuse;

    /// <summary>Takes down what is left out. The same image may be met in training and again in the report.</summary>
    public static void Add(BadImage image)
    {
        lock (All)
        {
            if (!All.Add(image.Where))
                return;
            if (First.Count < Named)
                First.Add(image);
        }
        ErrorLine.Write($"left out: {Text(image)}");
    }

    /// <summary>Says how many were left out, and names the first.</summary>
    public static void Warn()
    {
        if (All.Count > 0)
            Console.Error.WriteLine(FormattableString.Invariant(
                $"warning: {All.Count:N0} left out: {string.Join("; ", First.Select(image => image.Where))}{(All.Count > First.Count ? "; ..." : ".")}"));
    }

    /// <summary>What is wrong with an image, with the options of the program in place of the library's.</summary>
    public static string Text(BadImage image) => image.ToString().Replace("maximumPixels", ImageRows.MaxPixels.Name, StringComparison.Ordinal);

    /// <summary>The same without where it is.</summary>
    public static string Problem(BadImage image) => image.Problem.Replace("maximumPixels", ImageRows.MaxPixels.Name, StringComparison.Ordinal);

    /// <summary>Ends the run at an image that can't be read.</summary>
    public static void Refuse(BadImage image) => throw new InvalidDataException($"{Text(image)} With {ImageRows.SkipBadImages.Name} the others are used.");
}
