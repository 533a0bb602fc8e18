using System.CommandLine;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>predict --model FILE.zip --image FILE</c>: one image, with a prediction engine.</summary>
internal static class PredictCommand
{
    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Image = new("--image", "The image.") { Required = true, HelpName = "file" };

    private static readonly ProgramOption<int> MaxPixels = new("--max-pixels", "The most pixels that the image may have: one with more is not decoded.")
    {
        Range = "1 or more", DefaultValueFactory = _ => ImageFile.DefaultMaximumPixels,
    };

    public static Command Create()
    {
        var command = new Command("predict", "Says what a single image shows.") { Model, Image, MaxPixels, ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory, ComputeSettings.Mirror };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var image = Path.GetFullPath(arguments.GetRequiredValue(Image));
        if (ImageFile.FindProblem(image, ImageRows.Bound(arguments)) is { } problem)
            throw new InvalidDataException(LeftOut.Text(new(image, problem)));
        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<ImageFile, Prediction>(ComputeSettings.Load(ml, arguments.GetRequiredValue(Model), arguments));
        var prediction = engine.Predict(new ImageFile { ImagePath = image });
        Console.WriteLine(FormattableString.Invariant($"{prediction.PredictedLabel} ({prediction.Score.Max():P1})"));
        return 0;
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
