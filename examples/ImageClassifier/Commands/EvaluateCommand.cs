using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>evaluate --model FILE.zip --data FOLDER</c>: how well a saved model classifies labelled images.</summary>
internal static class EvaluateCommand
{
    private const string Everything = ".json";

    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The folder of images: one sub-folder per class, named as the model's.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string?> Output = new("--output", "A file to write as well: .csv for a line per class, .json for everything, - for the lines on standard output.") { HelpName = "file" };
    private static readonly ProgramOption<string?> Confusion = new("--confusion", "A file to draw the confusion matrix into: .svg, which any browser shows, or .png.") { HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("evaluate", "Measures a saved model on a folder of labelled images.") { Model, Data, Output, Confusion, ImageRows.SkipBadImages, ImageRows.MaxPixels, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory, ComputeSettings.Mirror };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = arguments.GetValue(Output) is { } file ? ImageClassifier.Output.CheckText("--output", file, ".csv", Everything) : null;
        var picture = arguments.GetValue(Confusion) is { } svg ? PictureFile.Check("--confusion", svg) : null;
        var (zip, folder) = (arguments.GetRequiredValue(Model), arguments.GetRequiredValue(Data));
        ImageClassifier.Output.ThrowIfSame(("--output", output?.Path), ("--confusion", picture?.Output.Path), ("--model", zip));
        var evaluation = MeasuredModel.Of(zip, folder, arguments, cancellation).Evaluation;
        EvaluationText.Write(evaluation);
        EvaluationText.Write(evaluation.Calibration);
        Write(output, evaluation);
        if (picture is not null)
        {
            picture.Write(ConfusionPicture.Draw(evaluation, FormattableString.Invariant($"{Path.GetFileName(zip)}, {evaluation.Measured:N0} images, accuracy {evaluation.Accuracy:P1}")));
            Console.WriteLine($"Wrote {picture.Output}.");
        }
        return 0;
    }

    private static void Write(Output? output, Evaluation evaluation)
    {
        if (output is null)
            return;
        if (output.HasExtension(Everything))
            output.Write(evaluation.WriteJson);
        else
            output.WriteText(evaluation.WriteCsv);
        Console.WriteLine($"Wrote {output}.");
    }
}
