using System.Text.Json;

namespace Tlb.Core.Tests;

public sealed class EarlyStoppingTests
{
    [Fact]
    public void A_falling_loss_goes_on()
    {
        // A best loss that starts at 0 would never be beaten, and training would stop at Patience.
        var run = Run(new() { Patience = 1 }, 3, 2, 1, 0.5);
        Assert.Equal([true, true, true, true], run.Select(epoch => epoch.IsBest));
        Assert.DoesNotContain(run, epoch => epoch.ShouldStop);
    }

    [Fact]
    public void Options_serve_several_runs()
    {
        // Counters kept in the options and never set back would stop the second run early, or never name a best epoch in it.
        var options = new EarlyStopping { Patience = 2 };
        var first = Run(options, 1, 2, 3);
        var second = Run(options, 5, 6, 4, 5, 6);
        Assert.Equal([false, false, true], first.Select(epoch => epoch.ShouldStop));
        Assert.Equal([true, false, true, false, false], second.Select(epoch => epoch.IsBest));
        Assert.Equal([false, false, false, false, true], second.Select(epoch => epoch.ShouldStop));
    }

    [Theory]
    [InlineData(EarlyStoppingMetric.ValidationLoss, false)]
    [InlineData(EarlyStoppingMetric.ValidationAccuracy, true)]
    [InlineData(EarlyStoppingMetric.ValidationTop5Accuracy, true)]
    [InlineData(EarlyStoppingMetric.ValidationMacroAccuracy, true)]
    [InlineData(EarlyStoppingMetric.TrainingLoss, false)]
    [InlineData(EarlyStoppingMetric.TrainingAccuracy, true)]
    public void Each_metric_is_read_and_compared_its_own_way(EarlyStoppingMetric metric, bool higherIsBetter)
    {
        var tracker = new EarlyStoppingTracker(new() { Metric = metric, Patience = 1 });
        tracker.Update(Epoch(1, metric, 0.5));
        Assert.Equal(higherIsBetter, tracker.Update(Epoch(2, metric, 0.6)));
        Assert.Equal(higherIsBetter ? 0.6 : 0.5, tracker.State.Best);
        Assert.Equal(!higherIsBetter, tracker.ShouldStop);
        Assert.Equal(!metric.ToString().StartsWith("Training", StringComparison.Ordinal), new EarlyStopping { Metric = metric }.NeedsValidation);
    }

    [Fact]
    public void Metrics_that_are_no_numbers_are_never_better()
    {
        var run = Run(new() { Patience = 3 }, double.NaN, 2, double.NaN, double.NegativeInfinity, 1, double.NaN, double.NaN, double.NaN);
        Assert.Equal([false, true, false, false, true, false, false, false], run.Select(epoch => epoch.IsBest));
        Assert.Equal([false, false, false, false, false, false, false, true], run.Select(epoch => epoch.ShouldStop));
        Assert.True(Run(new() { Patience = 2 }, double.NaN, double.NaN)[^1].ShouldStop);
    }

    [Fact]
    public void Tiny_changes_are_best_but_no_improvements()
    {
        // 4 of the 1/16 are more than 3/16 away from the last improvement: then the count starts again. All are exact in binary.
        var run = Run(new() { Patience = 5, MinimumChange = 3 / 16.0 }, 1, 15 / 16.0, 14 / 16.0, 13 / 16.0, 12 / 16.0, 12 / 16.0);
        Assert.Equal([true, true, true, true, true, false], run.Select(epoch => epoch.IsBest));
        Assert.Equal([0, 1, 2, 3, 0, 1], run.Select(epoch => epoch.State.EpochsWithoutImprovement));
        Assert.Equal([1, 2, 3, 4, 5, 5], run.Select(epoch => epoch.State.BestEpoch));
    }

    [Fact]
    public void A_run_goes_on_from_its_state()
    {
        var options = new EarlyStopping { Patience = 3, MinimumChange = 0.25 };
        double[] losses = [2, 1.9, 1.7, 1.6, 1.6, 1.6];
        var whole = Run(options, losses);
        for (var i = 0; i < losses.Length; i++)
        {
            var json = JsonSerializer.Serialize(whole[i].State, OptionsJson.Default.EarlyStoppingState);
            var tracker = new EarlyStoppingTracker(options, JsonSerializer.Deserialize(json, OptionsJson.Default.EarlyStoppingState));
            for (var next = i + 1; next < losses.Length; next++)
                Assert.Equal(whole[next], (tracker.Update(Epoch(next + 1, options.Metric, losses[next])), tracker.ShouldStop, tracker.State));
        }
        Assert.True(whole[^1].ShouldStop);
    }

    [Fact]
    public void A_metric_that_was_not_measured_is_an_error()
    {
        var tracker = new EarlyStoppingTracker(new() { Metric = EarlyStoppingMetric.ValidationMacroAccuracy });
        var error = Assert.Throws<ArgumentException>(() => tracker.Update(Epoch(1, EarlyStoppingMetric.ValidationLoss, 1)));
        Assert.StartsWith("EarlyStopping watches ValidationMacroAccuracy, which epoch 1 does not have.", error.Message, StringComparison.Ordinal);
        Assert.Equal(new EarlyStoppingState(), tracker.State);
    }

    [Fact]
    public void Options_have_these_defaults()
    {
        var options = new EarlyStopping();
        Assert.Equal((EarlyStoppingMetric.ValidationLoss, 5, 0.0, true), (options.Metric, options.Patience, options.MinimumChange, options.RestoreBestWeights));
        Assert.Empty(options.Validate());
        Assert.Equal(
            options with { Metric = EarlyStoppingMetric.ValidationTop5Accuracy },
            JsonSerializer.Deserialize("""{ "metric": "validationTop5Accuracy" }""", OptionsJson.Default.EarlyStopping));
    }

    [Fact]
    public void All_option_problems_are_reported_together() => Assert.Equal(
        "EarlyStopping can't be used as it stands: EarlyStopping.Metric is 7; expected one of ValidationLoss, ValidationAccuracy, ValidationTop5Accuracy, " +
        "ValidationMacroAccuracy, TrainingLoss, TrainingAccuracy. EarlyStopping.Patience is 0; expected 1 or more. EarlyStopping.MinimumChange is -1; expected 0 or more.",
        Assert.Throws<ArgumentException>(() => new EarlyStoppingTracker(new() { Metric = (EarlyStoppingMetric)7, Patience = 0, MinimumChange = -1 })).Message);

    private static List<(bool IsBest, bool ShouldStop, EarlyStoppingState State)> Run(EarlyStopping options, params double[] metrics)
    {
        var tracker = new EarlyStoppingTracker(options);
        return [.. metrics.Select((figure, i) => (tracker.Update(Epoch(i + 1, options.Metric, figure)), tracker.ShouldStop, tracker.State))];
    }

    /// <summary>An epoch that has just one metric.</summary>
    private static EpochRecord Epoch(int epoch, EarlyStoppingMetric metric, double figure) => new()
    {
        Epoch = epoch,
        TrainingLoss = metric == EarlyStoppingMetric.TrainingLoss ? figure : double.NaN,
        TrainingAccuracy = metric == EarlyStoppingMetric.TrainingAccuracy ? figure : double.NaN,
        ValidationLoss = metric == EarlyStoppingMetric.ValidationLoss ? figure : null,
        ValidationAccuracy = metric == EarlyStoppingMetric.ValidationAccuracy ? figure : null,
        ValidationTop5Accuracy = metric == EarlyStoppingMetric.ValidationTop5Accuracy ? figure : null,
        ValidationMacroAccuracy = metric == EarlyStoppingMetric.ValidationMacroAccuracy ? figure : null,
        LearningRate = 0.001f,
        ImagesPerSecond = 100,
        Elapsed = TimeSpan.FromSeconds(epoch),
    };
}
