using Tlb.Tests;
namespace Tlb.Core.Tests;

public sealed class TrainingRunTests
{
    private readonly RecordingEngine _engine = new();

    [Fact]
    public void Each_step_has_the_rate_of_the_schedule()
    {
        var schedule = new LearningRateSchedule { Kind = LearningRateScheduleKind.Cosine, WarmupEpochs = 1 };
        Fit(new() { Epoch = 3, BatchSize = 4, LearningRate = 0.5f, LearningRateSchedule = schedule });
        Assert.Equal(Enumerable.Range(0, 9).Select(step => schedule.RateAt(0.5f, step, 3, 3)), _engine.Rates);
    }

    [Fact]
    public void The_session_gets_the_options()
    {
        Fit(new() { Epoch = 1, WeightDecay = 0.3f, DecayAllWeights = true, GradientClipNorm = 2, AverageDecay = 0.9f, LabelSmoothing = 0.1f, MicroBatchSize = 7 }, seed: 5);
        Assert.Equal(
            new SessionOptions { Seed = 5, Optimizer = OptimizerKind.Muon, WeightDecay = 0.3f, DecayAllWeights = true, GradientClipNorm = 2, AverageDecay = 0.9f, LabelSmoothing = 0.1f, MicroBatchSize = 7 },
            _engine.Options);
    }

    [Fact]
    public void Images_weigh_what_their_row_and_class_weigh()
    {
        var images = new ImageSet(new() { Height = 1, Width = 1 });
        images.Add([0, 0, 0], label: 0, weight: 3);
        images.Add([0, 0, 0], label: 1);
        images.Add([0, 0, 0], label: 1);
        Run(new() { Epoch = 1 }, images);
        Run(new() { Epoch = 1, BalanceClasses = true }, images);
        Run(new() { Epoch = 1, ClassWeights = [2, 5, .. new float[TlbConfig.Tiny.NumberOfClasses - 2]] }, images);
        Assert.Equal([1f, 1, 3], _engine.ImageWeights[0].Order());
        Assert.Equal([0.75f, 0.75f, 4.5f], _engine.ImageWeights[1].Order());  // 3 images, 2 classes: 3 / (2 x 1) for one class, 3 / (2 x 2) for the other
        Assert.Equal([5f, 5, 6], _engine.ImageWeights[2].Order());
    }

    [Fact]
    public void Early_stopping_stops_and_restores_the_best_weights()
    {
        // One step an epoch; the third is the best.
        _engine.Confidence = step => step switch { 1 => 0.6f, 2 => 0.7f, 3 => 0.9f, _ => 0.8f };
        var options = new TrainingOptions { Epoch = 20, BatchSize = 16, EarlyStopping = new() { Patience = 2 } }.Plain();
        var result = Fit(options);
        Assert.Equal(StopReason.EarlyStopping, result.StopReason);
        Assert.Equal([1, 2, 3, 4, 5], result.History.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal([true, true, true, false, false], result.History.Epochs.Select(epoch => epoch.IsBest));
        Assert.Equal(Fit(new TrainingOptions { Epoch = 3, BatchSize = 16 }.Plain()).Weights.Values, result.Weights.Values);

        options.EarlyStopping!.RestoreBestWeights = false;
        Assert.Equal(Fit(new TrainingOptions { Epoch = 5, BatchSize = 16 }.Plain()).Weights.Values, Fit(options).Weights.Values);
    }

    [Fact]
    public void A_second_run_with_the_same_options_starts_fresh()
    {
        // ML.NET's own image trainer keeps what early stopping saw inside the options: a second Fit or fold stops too early.
        _engine.Confidence = step => 1 / (1f + step);
        var options = new TrainingOptions { Epoch = 20, BatchSize = 16, EarlyStopping = new() { Patience = 4 } }.Plain();
        Assert.Equal(5, Fit(options).History.Epochs.Count);
        Assert.Equal(5, Fit(options).History.Epochs.Count);
    }

    [Fact]
    public void A_cancelled_run_can_return_the_best_weights_so_far()
    {
        using var source = new CancellationTokenSource();
        _engine.Confidence = step => step == 6 ? 0.9f : 0.5f;                // the second epoch of three steps is the best
        _engine.OnStep = step => { if (step == 11) source.Cancel(); };
        var options = new TrainingOptions { Epoch = 9, BatchSize = 4, CancellationToken = source.Token, CancellationBehavior = CancellationBehavior.ReturnBest }.Plain();
        var result = Fit(options);
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Equal(3, result.History.Epochs.Count);
        _engine.OnStep = null;
        Assert.Equal(Fit(new TrainingOptions { Epoch = 2, BatchSize = 4 }.Plain()).Weights.Values, result.Weights.Values);
    }

    [Fact]
    public void Options_that_do_not_fit_the_data_are_reported_together()
    {
        var options = new TrainingOptions { EarlyStopping = new(), ClassWeights = [1, 2, 3] };
        var error = Assert.Throws<ArgumentException>(() => new Trainer(_engine, options).Fit(NetworkWeights.Initialize(TlbConfig.Tiny, 1), new ImageSet(new() { Height = 1, Width = 1 }), null, 1));
        Assert.Equal(
            "TrainingOptions can't be used as it stands: There are no training images; expected 1 or more. " +
            $"TrainingOptions.ClassWeights has 3 weights; expected {TlbConfig.Tiny.NumberOfClasses}, one for each class. " +
            "TrainingOptions.EarlyStopping.Metric is ValidationLoss; expected TrainingLoss or TrainingAccuracy, or a validation set.",
            error.Message);
    }

    /// <summary>Nothing would be learned in silence, or the sum of a batch would be infinite.</summary>
    [Theory]
    [InlineData(new[] { 0f, 0, 0 }, "ClassWeights is 0, 0, 0; expected 0 to 1000000 each, and one above 0.")]
    [InlineData(new[] { 1, 1e38f, 1 }, "ClassWeights is 1, 1E+38, 1; expected 0 to 1000000 each, and one above 0.")]
    [InlineData(new[] { 1, float.NaN, 1 }, "ClassWeights is 1, NaN, 1; expected 0 to 1000000 each, and one above 0.")]
    [InlineData(new[] { 1, float.PositiveInfinity, 1 }, "ClassWeights is 1, Infinity, 1; expected 0 to 1000000 each, and one above 0.")]
    [InlineData(new float[0], "ClassWeights is ; expected 0 to 1000000 each, and one above 0.")]
    public void Class_weights_that_teach_nothing_are_refused(float[] weights, string problem) =>
        Assert.Equal([$"TrainingOptions.{problem}"], new TrainingOptions { ClassWeights = weights }.Validate());

    [Fact]
    public void Class_weights_that_are_0_for_all_images_are_refused()
    {
        float[] weights = [.. Enumerable.Range(0, TlbConfig.Tiny.NumberOfClasses).Select(@class => @class < 4 ? 0f : 1)];
        var error = Assert.Throws<ArgumentException>(() => Run(new() { ClassWeights = weights }, Images(4)));
        Assert.Contains("ClassWeights is 0 for every class that has images; expected a weight above 0 for one of them.", error.Message, StringComparison.Ordinal);
        Run(new() { Epoch = 1, ClassWeights = weights }, Images(5));
    }

    [Fact]
    public void Progress_counts_up_and_says_what_is_left()
    {
        var seen = new List<TrainingProgress>();
        Fit(new() { Epoch = 3, BatchSize = 4, MetricsCallback = seen.Add });
        var ends = seen.Where(progress => progress.IsEndOfEpoch).ToList();
        Assert.Equal([1, 2, 3], ends.Select(progress => progress.Epoch));
        Assert.All(ends, progress => Assert.Equal((3, 3, 3), (progress.Step, progress.StepCount, progress.EpochCount)));
        Assert.All(ends, progress => Assert.True(progress.ImagesPerSecond > 0 && progress.Elapsed > TimeSpan.Zero));
        Assert.True(ends[0].Remaining > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, ends[2].Remaining);
    }

    [Fact]
    public void An_error_while_images_are_read_ends_the_run()
    {
        var error = Assert.Throws<InvalidDataException>(() => new Trainer(_engine, new() { Epoch = 2, BatchSize = 4 }).Fit(NetworkWeights.Initialize(TlbConfig.Tiny, 1), new FailingSource(), null, 1));
        Assert.Equal("the disk is gone", error.Message);
        Assert.Equal(_engine.Started, _engine.Disposed);
    }

    private TrainingResult Fit(TrainingOptions options, int seed = 1) => Run(options, Images(10), Images(4), seed);

    private TrainingResult Run(TrainingOptions options, ImageSet training, ImageSet? validation = null, int seed = 1) =>
        new Trainer(_engine, options).Fit(NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1), training, validation, seed);

    internal static ImageSet Images(int count)
    {
        var images = new ImageSet(new() { Height = 1, Width = 1 });
        for (var i = 0; i < count; i++)
            images.Add([(byte)i, 0, 0], i % TlbConfig.Tiny.NumberOfClasses);
        return images;
    }

    private sealed class FailingSource : IImageSource, IImageReader
    {
        public ImageLayout Layout { get; } = new() { Height = 1, Width = 1 };

        public int Count => 8;

        public IReadOnlyList<int> Labels => new int[8];

        public IReadOnlyList<float> Weights => new float[8];

        public IImageReader Read(int? shuffleSeed) => this;

        public void Fill(ImageBatch batch) => throw new InvalidDataException("the disk is gone");

        public void Dispose()
        {
        }
    }
}
