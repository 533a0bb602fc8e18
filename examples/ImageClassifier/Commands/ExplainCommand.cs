using System.CommandLine;
using Microsoft.ML;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>explain --model FILE.zip --data FOLDER --output FILE.svg</c>: what the network attended to in some images.</summary>
internal static class ExplainCommand
{
    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The folder of images, at any depth.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string> Output = new("--output", "The file to write, with all pictures in it: .svg, which any browser shows, or .png. - for SVG on standard output.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<int> Count = new("--count", "The most images to show: taken evenly from the folder, or with --only-wrong the most confident mistakes.") { Range = "1 or more", DefaultValueFactory = _ => 24 };
    private static readonly ProgramOption<bool> OnlyWrong = new("--only-wrong", "Only images that are taken for another class than their sub-folder is named as.");
    private static readonly ProgramOption<string[]> Class = new("--class", "Only images of these sub-folders.") { HelpName = "name", Default = "all", AllowMultipleArgumentsPerToken = true };
    private static readonly ProgramOption<bool> PerState = new("--per-state", "Shows what each state vector attended to as well, in small maps.");

    public static Command Create()
    {
        var command = new Command("explain", "Shows what the network attended to in images of a folder.")
        {
            Model, Data, Output, Count, OnlyWrong, Class, PerState, ImageRows.SkipBadImages, ImageRows.MaxPixels, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory,
        };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = PictureFile.CheckText("--output", arguments.GetRequiredValue(Output));
        var count = arguments.GetValue(Count);
        if (count < 1)
            throw new ArgumentException($"--count is {count}; expected 1 or more.");
        var (zip, folder) = (arguments.GetRequiredValue(Model), arguments.GetRequiredValue(Data));
        ImageClassifier.Output.ThrowIfSame(("--output", output.Output.Path), ("--model", zip));
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, zip, arguments);
        var tlb = ModelStages.FirstNetwork(model, zip);
        tlb.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));

        var classes = tlb.Model.ClassNames;
        var isWrong = arguments.GetValue(OnlyWrong);
        var images = OfSubFolders(isWrong ? ImageRows.OfClasses(classes, folder, arguments) : ImageRows.All(folder, arguments), arguments.GetValue(Class), folder);
        var chosen = isWrong ? Mistakes(ml, model, images, count, cancellation) : Sample.Evenly(images, count);
        if (chosen.Count == 0)
        {
            Console.WriteLine($"None of the {images.Count:N0} images is taken for another class than its own: nothing to show.");
            return 0;
        }
        var explained = Explanations.Of(ml, model, tlb, chosen, cancellation);
        if (explained.Count == 0)
            throw new InvalidDataException($"None of the {chosen.Count:N0} images that were taken of '{folder}' can be read.");
        var sheet = new ExplanationSheet(
            $"{Path.GetFileName(zip)}, {explained.Count:N0} {(isWrong ? "mistakes in" : "of")} {images.Count:N0} images of {ImageRows.NameOf(folder)}",
            explained.Count, arguments.GetValue(PerState) ? explained[0].Explanation.StateAttention.Count : 0);
        foreach (var (image, explanation) in explained)
            sheet.Add(explanation, classes.Contains(image.Label, StringComparer.Ordinal) ? image.Label : null, Path.GetRelativePath(folder, image.ImagePath));
        output.Write(sheet.Picture);
        Console.WriteLine($"Explained {explained.Count:N0} of {images.Count:N0} images in {output.Output}.");
        return 0;
    }

    private static IReadOnlyList<ImageFile> OfSubFolders(IReadOnlyList<ImageFile> images, string[]? names, string folder)
    {
        if (names is null or [])
            return images;
        var all = images.Select(image => image.Label).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        foreach (var name in names)
            if (!all.Contains(name, StringComparer.Ordinal))
                throw new ArgumentException($"--class is '{name}'; expected a sub-folder of '{folder}'{(NearestName.Find(name, all) is { } nearest ? $". Did you mean '{nearest}'?" : ", with images in it.")}");
        return [.. images.Where(image => names.Contains(image.Label, StringComparer.Ordinal))];
    }

    private static IReadOnlyList<ImageFile> Mistakes(MLContext ml, ITransformer model, IReadOnlyList<ImageFile> images, int count, CancellationToken cancellation) =>
        [.. Evaluation.Of(ml, model.Transform(ml.Data.LoadFromEnumerable(images)), cancellation).Mistakes.Take(count).Select(mistake => images[(int)mistake.Index])];
}
