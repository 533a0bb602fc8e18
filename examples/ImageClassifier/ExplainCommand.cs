using System.CommandLine;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>explain --model FILE.zip --data FOLDER --output FILE.svg</c>: what the network attended to in some images.</summary>
internal static class ExplainCommand
{
    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The folder of images, at any depth.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string> Output = new("--output", "The SVG file to write, with all pictures in it; any browser shows it. - for standard output.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<int> Count = new("--count", "The images to show, taken evenly from the folder.") { Range = "1 or more", DefaultValueFactory = _ => 24 };
    private static readonly ProgramOption<bool> PerState = new("--per-state", "Shows what each state vector attended to as well, in small maps.");

    public static Command Create()
    {
        var command = new Command("explain", "Shows what the network attended to in images of a folder.") { Model, Data, Output, Count, PerState, ImageRows.SkipBadImages, ImageRows.MaxPixels, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = ImageClassifier.Output.CheckText("--output", arguments.GetRequiredValue(Output), ".svg");
        var count = arguments.GetValue(Count);
        if (count < 1)
            throw new ArgumentException($"--count is {count}; expected 1 or more.");
        var zip = arguments.GetRequiredValue(Model);
        var folder = arguments.GetRequiredValue(Data);
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, zip, arguments);
        var tlb = TlbStages.First(model, zip);

        var images = ImageRows.All(folder, arguments);
        var chosen = Choose(images, count);
        tlb.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));
        // Row by row: an image that can't be read has no explanation, and the others keep their names.
        var explained = chosen.SelectMany(Explain).ToList();
        if (explained.Count == 0)
            throw new InvalidDataException($"None of the {chosen.Count:N0} images that were taken of '{folder}' can be read.");
        var classes = tlb.Model.ClassNames.ToHashSet(StringComparer.Ordinal);
        var sheet = new ExplanationSheet($"{Path.GetFileName(zip)}, {explained.Count:N0} of {images.Count:N0} images of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}", explained.Count, arguments.GetValue(PerState) ? explained[0].Explanation.StateAttention.Count : 0);
        foreach (var (image, explanation) in explained)
            sheet.Add(explanation, classes.Contains(image.Label) ? image.Label : null, Path.GetRelativePath(folder, image.ImagePath));
        output.WriteText(sheet.Save);
        Console.WriteLine($"Explained {explained.Count:N0} of {images.Count:N0} images in {output}.");
        return 0;

        IEnumerable<(ImageFile Image, ImageExplanation Explanation)> Explain(ImageFile image)
        {
            cancellation.ThrowIfCancellationRequested();
            return tlb.Explain(model.Transform(ml.Data.LoadFromEnumerable([image]))).Select(explanation => (image, explanation));
        }
    }

    /// <summary>Takes images evenly from all, so that every class is among them.</summary>
    private static List<ImageFile> Choose(IReadOnlyList<ImageFile> images, int count)
    {
        count = Math.Min(count, images.Count);
        return [.. Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Count / count)])];
    }
}
