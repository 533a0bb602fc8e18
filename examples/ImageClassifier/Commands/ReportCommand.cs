using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>report --model FILE.zip --data FOLDER --output FILE.html</c>: all that can be said of a saved model, on one page.</summary>
internal static class ReportCommand
{
    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The folder of images to measure on: one sub-folder per class, named as the model's.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string> Output = new("--output", "The HTML file to write; any browser shows it.") { Required = true, HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("report", "Writes a page on a saved model: its training, how well it classifies a folder of labelled images, its mistakes.")
        {
            Model, Data, Output, ImageRows.SkipBadImages, ImageRows.MaxPixels, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory, ComputeSettings.Mirror,
        };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = ImageClassifier.Output.CheckText("--output", arguments.GetRequiredValue(Output), ".html");
        var (zip, folder) = (arguments.GetRequiredValue(Model), arguments.GetRequiredValue(Data));
        ImageClassifier.Output.ThrowIfSame(("--output", output.Path), ("--model", zip));
        var measured = MeasuredModel.Of(zip, folder, arguments, cancellation);
        EvaluationText.Write(measured.Evaluation);
        var page = ReportPage.Create(ModelReport.Of(measured, Path.GetFileName(zip), folder, CommandLine.Text(arguments), cancellation));
        output.WriteText(writer => Html.Write(writer, page));
        Console.WriteLine($"Wrote {output}.");
        return 0;
    }
}
