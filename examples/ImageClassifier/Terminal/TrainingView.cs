using System.Globalization;
using Spectre.Console;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Shows a training run: a line of metrics for each epoch, and in a terminal how far it is.</summary>
internal static class TrainingView
{
    /// <summary>Before that the pace says little: code is compiled in the first steps.</summary>
    private static readonly TimeSpan FirstGuess = TimeSpan.FromSeconds(5);

    public static T Show<T>(TlbTrainer.Options options, Func<T> train)
    {
        WriteLine(EpochWidth(options.Epoch), "epoch", "training loss", "accuracy", "validation loss", "accuracy", "images/s", "left");
        using var line = AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true } ? new ProgressLine(AnsiConsole.Console, _ => "reading images") : null;
        options.MetricsCallback = progress =>
        {
            line?.Show(width => Line(progress, width));
            if (progress.IsEndOfEpoch)
                WriteLine(progress);
        };
        return train();
    }

    /// <summary>How far a run is, in a line.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="width">The most characters.</param>
    private static string Line(TrainingProgress progress, int width)
    {
        var done = (progress.Epoch - 1 + (double)progress.Step / progress.StepCount) / progress.EpochCount;
        var epoch = FormattableString.Invariant($"epoch {progress.Epoch} of {progress.EpochCount}");
        List<string> more = [];                                              // the last goes first
        if (TimeLeft(progress) is { Length: > 0 } left)
            more.Add($"{left} left");
        more.Add(FormattableString.Invariant($"{progress.ImagesPerSecond:N0} images/s"));
        more.Add(FormattableString.Invariant($"loss {progress.Training.Loss:F3}"));
        return ProgressText.Line(epoch, done, more, width);
    }

    /// <summary>The time that the rest of the run takes; empty where that can't be told yet, or where there is no rest.</summary>
    private static string TimeLeft(TrainingProgress progress) =>
        progress.Remaining is { } left && left > TimeSpan.Zero && (progress.Epoch > 1 || progress.IsEndOfEpoch || progress.Elapsed >= FirstGuess)
            ? ProgressText.Time(left)
            : "";

    private static void WriteLine(TrainingProgress progress) => WriteLine(
        EpochWidth(progress.EpochCount), $"{progress.Epoch} of {progress.EpochCount}",
        Text(progress.Training.Loss, "F4"), Text(progress.Training.Accuracy, "P1"), Text(progress.Validation?.Loss, "F4"), Text(progress.Validation?.Accuracy, "P1"),
        Text(progress.ImagesPerSecond, "F0"), TimeLeft(progress));

    private static void WriteLine(int width, string epoch, string loss, string accuracy, string validationLoss, string validationAccuracy, string pace, string left) =>
        AnsiConsole.WriteLine($"{epoch.PadLeft(width)}  {loss,13} {accuracy,8}  {validationLoss,15} {validationAccuracy,8}  {pace,8}  {left,7}");

    private static int EpochWidth(int epochs) => 1 + $"{epochs} of {epochs}".Length;

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
