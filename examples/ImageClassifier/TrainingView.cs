using Spectre.Console;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Shows a training run: a progress bar, and a line of metrics for each epoch.</summary>
internal static class TrainingView
{
    public static T Show<T>(TlbTrainer.Options options, Func<T> train)
    {
        AnsiConsole.MarkupLine("[bold] epoch   training loss   accuracy   validation loss   accuracy   images/s[/]");
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            options.MetricsCallback = progress => { if (progress.IsEndOfEpoch) WriteLine(progress); };
            return train();
        }
        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .AutoClear(true)
            .Start(view =>
            {
                var bar = view.AddTask("reading images", maxValue: Math.Max(1, options.Epoch));
                options.MetricsCallback = progress => Update(bar, progress);
                return train();
            });
    }

    private static void Update(ProgressTask bar, TrainingProgress progress)
    {
        bar.Value = progress.Epoch - 1 + (double)progress.Step / progress.StepCount;
        bar.Description = FormattableString.Invariant($"epoch {progress.Epoch}, loss {progress.Training.Loss:F3}");
        if (progress.IsEndOfEpoch)
            WriteLine(progress);
    }

    private static void WriteLine(TrainingProgress progress) => AnsiConsole.WriteLine(FormattableString.Invariant(
        $"{progress.Epoch,6}   {progress.Training.Loss,13:F4}   {progress.Training.Accuracy,8:P1}   {progress.Validation?.Loss,15:F4}   {progress.Validation?.Accuracy,8:P1}   {progress.ImagesPerSecond,8:F0}"));
}
