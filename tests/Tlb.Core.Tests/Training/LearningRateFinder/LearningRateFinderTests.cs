namespace Tlb.Core.Tests;

public sealed class LearningRateFinderTests
{
    private readonly RecordingEngine _engine = new();

    [Fact]
    public void Rates_rise_by_the_same_factor_from_the_lowest_to_the_highest()
    {
        _engine.Loss = 1;
        var curve = Find(lowest: 1e-4f, highest: 1e-1f, stepCount: 7);
        Assert.Equal(7, _engine.Rates.Count);
        Assert.All(_engine.Rates, (rate, i) => Assert.Equal(-4 + 0.5 * i, Math.Log10(rate), 1e-7));  // rates are floats
        Assert.Equal(_engine.Rates, curve.Points.Select(point => point.LearningRate));
        Assert.Equal(1, _engine.Disposed);
    }

    [Fact]
    public void Rates_are_a_hundred_from_a_millionth_to_one_by_default()
    {
        _engine.Loss = 1;
        var rates = Find().Points.Select(point => point.LearningRate).ToList();
        Assert.Equal((100, 1e-6f, 1f), (rates.Count, rates[0], rates[^1]));
    }

    [Fact]
    public void The_suggestion_is_a_tenth_of_the_rate_before_the_loss_rises()
    {
        // A plateau, a slope, a plateau to 0.01, then an explosion: the average falls as long as losses are below it, so up to 0.01.
        Play(rate => Math.Log10(rate) switch { < -5 => 4, < -3 => 4 - 1.5 * (Math.Log10(rate) + 5), <= -1.9999 => 1, _ => 100 });
        var curve = Find(stepCount: 61);                                     // 10 steps a decade: 0.01 is one of them
        Assert.Equal(1e-3f, curve.Suggested!.Value, 1e-9f);
    }

    [Fact]
    public void A_loss_that_never_falls_gives_no_suggestion()
    {
        Play(rate => 1 + rate);
        Assert.Null(Find().Suggested);
    }

    [Fact]
    public void Losses_are_those_of_each_step_and_smoothed_by_an_average_over_all_before()
    {
        Play(rate => 2 + Math.Sin(20 * Math.Log10(rate)));
        var points = Find(stepCount: 40).Points;
        for (var i = 0; i < points.Count; i++)
        {
            var loss = 2 + Math.Sin(20 * Math.Log10(_engine.Rates[i]));
            Assert.Equal((float)loss, points[i].Loss, 1e-6);                 // the engine's losses are floats
            var shares = Enumerable.Range(0, i + 1).Select(j => Math.Pow(0.98, i - j)).ToList();
            Assert.Equal(shares.Select((share, j) => share * points[j].Loss).Sum() / shares.Sum(), points[i].SmoothedLoss, 1e-12);
        }
    }

    [Fact]
    public void It_stops_when_the_average_is_four_times_its_lowest()
    {
        Play(rate => rate < 1e-3 ? 1 : 1e6);
        var points = Find(stepCount: 61).Points;
        Assert.Equal(_engine.Rates, points.Select(point => point.LearningRate));
        Assert.Equal(1e6, points[^1].Loss);                                  // one such loss is enough
        Assert.Equal(1, points[^2].Loss);
        Assert.InRange(points.Count, 30, 32);
    }

    [Fact]
    public void It_stops_at_a_loss_that_is_no_number()
    {
        Play(rate => rate < 1e-3 ? 1 : double.NaN);
        var points = Find(stepCount: 61).Points;
        Assert.All(points, point => Assert.Equal(1, point.Loss));
        Assert.Equal(points.Count + 1, _engine.Rates.Count);

        Play(_ => double.NaN);
        Assert.StartsWith("The loss is NaN before the first update.", Assert.Throws<ArithmeticException>(() => Find()).Message, StringComparison.Ordinal);
        Assert.Equal(_engine.Started, _engine.Disposed);
    }

    [Fact]
    public void It_sees_the_batches_and_the_session_that_a_training_run_would()
    {
        var options = new TrainingOptions { Epoch = 3, BatchSize = 4, BalanceClasses = true, WeightDecay = 0.3f, GradientClipNorm = 2, LabelSmoothing = 0.1f, MicroBatchSize = 2 };
        var initial = NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1);
        new Trainer(_engine, options).Fit(initial, TrainingRunTests.Images(10), null, seed: 5);
        var found = new RecordingEngine();
        new LearningRateFinder(found, options, lowest: 1e-6f, highest: 1, stepCount: 8).Find(initial, TrainingRunTests.Images(10), seed: 5);
        Assert.Equal(_engine.Options, found.Options);
        Assert.Equal(_engine.Batches[..8], found.Batches);                   // two epochs of 4, 4 and 2 images, and most of a third
        Assert.Equal(_engine.ImageWeights[..8], found.ImageWeights);
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        _engine.OnStep = step => { if (step == 3) source.Cancel(); };
        Assert.ThrowsAny<OperationCanceledException>(() => Find(new() { CancellationToken = source.Token }));
        Assert.Equal(3, _engine.Rates.Count);
        Assert.Equal(_engine.Started, _engine.Disposed);
    }

    [Theory]
    [InlineData(0, 1, 9, "lowest", "Expected a number above 0.")]
    [InlineData(float.NaN, 1, 9, "lowest", "Expected a number above 0.")]
    [InlineData(0.5, 0.5, 9, "highest", "Expected a number above the lowest rate, 0.5.")]
    [InlineData(0.5, float.PositiveInfinity, 9, "highest", "Expected a number above the lowest rate, 0.5.")]
    [InlineData(0.1, 1, 1, "stepCount", "must be greater than or equal to '2'")]
    public void A_range_that_is_none_is_refused(float lowest, float highest, int stepCount, string name, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Find(null, lowest, highest, stepCount));
        Assert.Equal(name, error.ParamName);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _engine.Started);
    }

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        Assert.Contains("BatchSize is 0", Assert.Throws<ArgumentException>(() => Find(new() { BatchSize = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("ClassWeights has 3 weights", Assert.Throws<ArgumentException>(() => Find(new() { ClassWeights = [1, 2, 3] })).Message, StringComparison.Ordinal);
    }

    private LearningRateCurve Find(
        TrainingOptions? options = null, float lowest = LearningRateCurve.Defaults.Lowest, float highest = LearningRateCurve.Defaults.Highest, int stepCount = LearningRateCurve.Defaults.StepCount) =>
        new LearningRateFinder(_engine, options ?? new() { BatchSize = 4 }, lowest, highest, stepCount)
            .Find(NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1), TrainingRunTests.Images(10), seed: 1);

    /// <summary>Makes the engine's loss one of the rate.</summary>
    private void Play(Func<double, double> loss) => _engine.OnStep = _ =>
    {
        // The engine adds its loss once for a batch: times the images it is their mean.
        _engine.Loss = (float)loss(_engine.Rates[^1]) * _engine.Batches[^1].Length;
    };
}
