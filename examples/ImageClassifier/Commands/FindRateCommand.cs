using System.CommandLine;
using Tlb.Core;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>find-rate --data FOLDER --output FILE.svg</c>: the options are those of the training to come.</summary>
internal static class FindRateCommand
{
    private static readonly ProgramOption<string> Output = new("--output", "The file to write: .svg or .png for the curve, .csv for the table, - for the table on standard output.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<float> Lowest = new("--lowest", "The rate of the first step.") { Range = "a number above 0", DefaultValueFactory = _ => LearningRateCurve.Defaults.Lowest };
    private static readonly ProgramOption<float> Highest = new("--highest", "The rate of the last step.") { Range = "a number above --lowest", DefaultValueFactory = _ => LearningRateCurve.Defaults.Highest };
    private static readonly ProgramOption<int> Steps = new("--steps", "The steps, a batch each.") { Range = "2 or more", DefaultValueFactory = _ => LearningRateCurve.Defaults.StepCount };

    public static Command Create()
    {
        var command = new Command("find-rate", "Helps to choose --learning-rate: tries rates in one short training run that raises it from step to step.")
        {
            TrainCommand.Data, Output, Lowest, Highest, Steps, TrainCommand.Seed, TrainCommand.NoResize, ImageRows.SkipBadImages, ImageRows.MaxPixels,
        };
        foreach (var option in TrainSettings.For(SettingScopes.Step | SettingScopes.Images))
            command.Add(option);
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = MetricsFile.CheckText("--output", arguments.GetRequiredValue(Output));
        var (trainer, images) = TrainCommand.Open(arguments, cancellation);
        var curve = trainer.FindLearningRate(images, arguments.GetValue(Lowest), arguments.GetValue(Highest), arguments.GetValue(Steps));

        output.Write(curve.WriteCsv, curve.ToSvg);
        Console.WriteLine(FormattableString.Invariant(
            $"{curve.Points.Count} rates from {curve.Points[0].LearningRate:0.0e-0} to {curve.Points[^1].LearningRate:0.0e-0} were tried; the smoothed loss was lowest at {curve.Points.MinBy(point => point.SmoothedLoss).LearningRate:0.0e-0}."));
        Console.WriteLine(curve.Suggested is { } rate
            ? FormattableString.Invariant($"Suggested: --learning-rate {rate:0.0e-0}")
            : "The loss never fell, so no rate is suggested: try others with --lowest and --highest, or more --steps.");
        return 0;
    }
}
