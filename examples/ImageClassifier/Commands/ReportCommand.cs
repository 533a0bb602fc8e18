using System.CommandLine;
using Microsoft.ML;

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
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, zip, arguments);
        var tlb = TlbStages.First(model, zip);
        tlb.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));
        var images = ImageRows.OfClasses(tlb.Model.ClassNames, folder, arguments);
        var evaluation = Evaluation.Of(ml, model.Transform(ml.Data.LoadFromEnumerable(images)), cancellation);
        if (evaluation.Measured == 0)
            throw new InvalidDataException($"None of the {images.Count:N0} images of '{folder}' can be read.");
        EvaluationText.Write(evaluation);
        var page = ReportPage.Create(ModelReport.Of(ml, model, tlb, Path.GetFileName(zip), folder, images, evaluation, CommandLine.Text(arguments), cancellation));
        output.WriteText(writer => Html.Write(writer, page));
        Console.WriteLine($"Wrote {output}.");
        return 0;
    }
}
