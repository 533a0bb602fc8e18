using System.CommandLine;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>explain --model FILE.zip --data FOLDER --output FILE.svg</c>: what the network attended to in some images.</summary>
internal static class ExplainCommand
{
    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The folder of images, at any depth.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string> Output = new("--output", "The SVG file to write, with all pictures in it; any browser shows it.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<int> Count = new("--count", "The images to show, taken evenly from the folder.") { Range = "1 or more", DefaultValueFactory = _ => 24 };

    public static Command Create()
    {
        var command = new Command("explain", "Shows what the network attended to in images of a folder.") { Model, Data, Output, Count, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory };
        command.SetAction(arguments => Run(arguments));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var target = ModelFiles.CheckTarget(arguments.GetRequiredValue(Output));
        if (!Path.GetExtension(target).Equals(".svg", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"--output is '{arguments.GetRequiredValue(Output)}'; expected a file that ends in .svg.");
        var count = arguments.GetValue(Count);
        if (count < 1)
            throw new ArgumentException($"--count is {count}; expected 1 or more.");
        var zip = arguments.GetRequiredValue(Model);
        var folder = arguments.GetRequiredValue(Data);
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, zip, arguments);
        var tlb = TlbStages.Of(model).FirstOrDefault()
            ?? throw new InvalidDataException($"The model '{zip}' holds no Tlb network; expected one that this program's train command saved, or a pipeline with the Tlb trainer.");

        var images = ImageRows.All(folder, skipBadImages: false);
        var chosen = Choose(images, count);
        var explanations = tlb.Explain(model.Transform(ml.Data.LoadFromEnumerable(chosen)));
        var classes = tlb.Model.ClassNames.ToHashSet(StringComparer.Ordinal);
        var sheet = new ExplanationSheet($"{Path.GetFileName(zip)}, {chosen.Count:N0} of {images.Count:N0} images of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}", chosen.Count);
        foreach (var (image, explanation) in chosen.Zip(explanations))
            sheet.Add(explanation, classes.Contains(image.Label) ? image.Label : null, Path.GetRelativePath(folder, image.ImagePath));
        ModelFiles.Write(target, sheet.Save);
        Console.WriteLine($"Explained {chosen.Count:N0} of {images.Count:N0} images in {target}.");
        return 0;
    }

    /// <summary>Takes images evenly from all, so that every class is among them.</summary>
    private static List<ImageFile> Choose(IReadOnlyList<ImageFile> images, int count)
    {
        count = Math.Min(count, images.Count);
        return [.. Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Count / count)])];
    }
}
