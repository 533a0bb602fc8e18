using System.CommandLine;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>evaluate --model FILE.zip --data FOLDER</c>: how well a saved model classifies labelled images.</summary>
internal static class EvaluateCommand
{
    private const string Everything = ".json";

    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The folder of images: one sub-folder per class, named as the model's.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string?> Output = new("--output", "A file to write as well: .csv for a line per class, .json for everything, - for the lines on standard output.") { HelpName = "file" };
    private static readonly ProgramOption<string?> Confusion = new("--confusion", "An SVG file to draw the confusion matrix into; any browser shows it.") { HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("evaluate", "Measures a saved model on a folder of labelled images.") { Model, Data, Output, Confusion, ImageRows.SkipBadImages, ImageRows.MaxPixels, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = arguments.GetValue(Output) is { } file ? ImageClassifier.Output.CheckText("--output", file, ".csv", Everything) : null;
        var picture = arguments.GetValue(Confusion) is { } svg ? ImageClassifier.Output.Check("--confusion", svg, ".svg") : null;
        var (zip, folder) = (arguments.GetRequiredValue(Model), arguments.GetRequiredValue(Data));
        ImageClassifier.Output.ThrowIfSame(("--output", output?.Path), ("--confusion", picture?.Path), ("--model", zip));
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, zip, arguments);
        var tlb = TlbStages.First(model, zip);
        tlb.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));
        var images = Known(ImageRows.All(folder, arguments), tlb.Model.ClassNames, folder);

        var evaluation = Evaluation.Of(ml, model.Transform(ml.Data.LoadFromEnumerable(images)), cancellation);
        if (evaluation.Measured == 0)
            throw new InvalidDataException($"None of the {images.Count:N0} images of '{folder}' can be read.");
        Report.Metrics(evaluation);
        Report.Calibration(evaluation.Calibration);
        Write(output, evaluation);
        if (picture is not null)
        {
            picture.WriteText(ConfusionPicture.Draw(evaluation, FormattableString.Invariant($"{Path.GetFileName(zip)}, {evaluation.Measured:N0} images, accuracy {evaluation.Accuracy:P1}")).Save);
            Console.WriteLine($"Wrote {picture}.");
        }
        return 0;
    }

    /// <summary>The images of the model's classes. What others there are is said.</summary>
    private static List<ImageFile> Known(IReadOnlyList<ImageFile> images, IReadOnlyList<string> classes, string folder)
    {
        const int MostNames = 5;
        var names = classes.ToHashSet(StringComparer.Ordinal);
        var known = images.Where(image => names.Contains(image.Label)).ToList();
        if (known.Count == 0)
            throw new InvalidDataException($"No image of '{folder}' is in a sub-folder named as a class of the model ({Some(classes)}).");
        var others = images.Where(image => !names.Contains(image.Label)).Select(image => image.Label.Length > 0 ? image.Label : "none").Distinct(StringComparer.Ordinal).ToList();
        if (others.Count > 0)
            Console.Error.WriteLine(FormattableString.Invariant($"warning: {images.Count - known.Count:N0} of {images.Count:N0} images are left out: the model has no class of their sub-folder's name ({Some(others)})."));
        return known;

        static string Some(IReadOnlyList<string> all) => $"{string.Join(", ", all.Take(MostNames))}{(all.Count > MostNames ? ", ..." : "")}";
    }

    private static void Write(Output? output, Evaluation evaluation)
    {
        if (output is null)
            return;
        if (Path.GetExtension(output.Path ?? "").Equals(Everything, StringComparison.OrdinalIgnoreCase))
            output.Write(evaluation.WriteJson);
        else
            output.WriteText(evaluation.WriteCsv);
        Console.WriteLine($"Wrote {output}.");
    }
}
