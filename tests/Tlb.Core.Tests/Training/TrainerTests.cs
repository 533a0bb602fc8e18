using System.Text.Json;
using Tlb.Tests;
namespace Tlb.Core.Tests;

public sealed class TrainerTests
{
    private readonly RecordingEngine _engine = new();

    [Fact]
    public void Every_image_is_seen_once_per_epoch_the_last_small_batch_included()
    {
        Fit(new() { Epoch = 2, BatchSize = 4 }, Images(10));
        Assert.Equal([4, 4, 2, 4, 4, 2], _engine.Batches.Select(batch => batch.Length));
        Assert.Equal(Enumerable.Range(0, 10), _engine.Batches[..3].SelectMany(batch => batch).Order());
        Assert.Equal(Enumerable.Range(0, 10), _engine.Batches[3..].SelectMany(batch => batch).Order());
    }

    [Fact]
    public void The_order_changes_from_epoch_to_epoch_and_follows_the_seed()
    {
        Fit(new() { Epoch = 2, BatchSize = 32 }, Images(32), seed: 1);
        Fit(new() { Epoch = 2, BatchSize = 32 }, Images(32), seed: 1);
        Fit(new() { Epoch = 2, BatchSize = 32 }, Images(32), seed: 2);
        Assert.NotEqual(_engine.Batches[0], _engine.Batches[1]);
        Assert.Equal(_engine.Batches[..2], _engine.Batches[2..4]);
        Assert.NotEqual(_engine.Batches[0], _engine.Batches[4]);
    }

    [Fact]
    public void Figures_are_of_the_whole_sets_not_of_the_last_batch()
    {
        var ends = new List<TrainingProgress>();
        Fit(new() { Epoch = 1, BatchSize = 4, MetricsCallback = progress => { if (progress.IsEndOfEpoch) ends.Add(progress); } }, Images(10), Images(7));
        var end = Assert.Single(ends);
        // The engine says: the loss of an image is its label, and images of even labels are classified correctly.
        Assert.Equal(new BatchMetrics(10, 45, 5), end.Training);
        Assert.Equal((7, 4 / 7.0), (end.Validation!.Count, end.Validation.Accuracy));
        Assert.Equal((1, 1, 3, 3), (end.Epoch, end.EpochCount, end.Step, end.StepCount));
    }

    [Fact]
    public void Cancelling_stops_after_the_step_that_runs()
    {
        using var source = new CancellationTokenSource();
        _engine.OnStep = step => { if (step == 3) source.Cancel(); };
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(new() { Epoch = 9, BatchSize = 2, CancellationToken = source.Token }, Images(10)));
        Assert.Equal(3, _engine.Batches.Count);
        Assert.Equal(_engine.Started, _engine.Disposed);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_training()
    {
        _engine.Loss = float.NaN;
        var error = Assert.Throws<TrainingDivergedException>(() => Fit(new() { Epoch = 9, BatchSize = 5 }, Images(5)));
        Assert.StartsWith("The loss is NaN after step 1 of epoch 1, at learning rate 0.003. A lower LearningRate,", error.Message, StringComparison.Ordinal);
        Assert.All(error.LastGoodWeights.Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_diverged_run_gives_the_weights_of_the_last_good_epoch()
    {
        var initial = NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1).Values;
        var (first, second) = (Fit(new() { Epoch = 1, BatchSize = 5 }, Images(5)).Weights.Values, Fit(new() { Epoch = 2, BatchSize = 5 }, Images(5)).Weights.Values);
        _engine.OnStep = step => _engine.Loss = step >= 3 ? float.NaN : null; // a step is an epoch
        Check(3, second);
        _engine.OnBatch = batch => { if (_engine.Batches.Count == 2) batch.Weights.Fill(float.NaN); }; // the update of epoch 2 spoils the weights, after its loss
        Check(2, first);

        void Check(int epoch, float[] expected)
        {
            _engine.Batches.Clear();
            var error = Assert.Throws<TrainingDivergedException>(() => Fit(new() { Epoch = epoch, BatchSize = 5 }, Images(5)));
            Assert.Equal(epoch, error.Epoch);
            Assert.NotEqual(initial, expected);
            Assert.Equal(expected, error.LastGoodWeights.Values);
        }
    }

    [Fact]
    public void No_epochs_keep_the_weights()
    {
        var initial = NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1);
        var trained = new Trainer(_engine, new() { Epoch = 0 }).Fit(initial, Images(3), null, seed: 1);
        Assert.Equal(initial.Values, trained.Weights.Values);
        Assert.Empty(trained.History.Epochs);
        Assert.Empty(_engine.Batches);
    }

    [Fact]
    public void Options_have_these_defaults()
    {
        var options = new TrainingOptions();
        Assert.Equal((30, 64, 0.003f, 0.1f), (options.Epoch, options.BatchSize, options.LearningRate, options.WeightDecay));
        Assert.Equal((null, false, 1, null, 0), (options.MicroBatchSize, options.DecayAllWeights, options.GradientClipNorm, options.AverageDecay, options.LabelSmoothing));
        Assert.Equal((false, null, null, null), (options.BalanceClasses, options.ClassWeights, options.EarlyStopping, options.CheckpointFolder));
        Assert.Equal((1, null, false, CancellationBehavior.Throw), (options.CheckpointEveryEpochs, options.CheckpointInterval, options.Resume, options.CancellationBehavior));
        Assert.Equal((OptimizerKind.Muon, AugmentationOptions.Light), (options.Optimizer, options.Augmentation));
        Assert.Equal(new LearningRateSchedule { Kind = LearningRateScheduleKind.OneCycle, RisingShare = 0.1 }, options.LearningRateSchedule);
        Assert.Empty(options.Validate());
    }

    [Fact]
    public void Recipes_differ_in_length_and_a_long_one_changes_images_more()
    {
        var (shortest, standard, longest) = (new TrainingOptions(Recipe.Short), new TrainingOptions(Recipe.Standard), new TrainingOptions(Recipe.Long));
        Assert.Equal((10, 30, 100), (shortest.Epoch, standard.Epoch, longest.Epoch));
        shortest.Epoch = standard.Epoch;
        Assert.Equal(JsonSerializer.Serialize(standard), JsonSerializer.Serialize(shortest));
        Assert.Equal(JsonSerializer.Serialize(standard), JsonSerializer.Serialize(new TrainingOptions()));
        Assert.Equal((0.1f, new RandAugment { Operations = 2, Magnitude = 5 }), (longest.LabelSmoothing, longest.Augmentation.RandAugment));
        Assert.Empty(longest.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions((Recipe)7));
    }

    [Fact]
    public void All_option_problems_are_reported_together()
    {
        var error = Assert.Throws<ArgumentException>(() => new Trainer(_engine, new() { Epoch = -1, BatchSize = 0, LearningRate = float.NaN, WeightDecay = -1 }));
        Assert.Equal(
            "TrainingOptions can't be used as it stands: TrainingOptions.Epoch is -1; expected 0 or more. TrainingOptions.BatchSize is 0; expected 1 or more. " +
            "TrainingOptions.LearningRate is NaN; expected a number above 0. TrainingOptions.WeightDecay is -1; expected 0 or more.",
            error.Message);
    }

    private TrainingResult Fit(TrainingOptions options, ImageSet training, ImageSet? validation = null, int seed = 1) =>
        new Trainer(_engine, options.Plain()).Fit(NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1), training, validation, seed);

    /// <summary>One-pixel images, each with a label of its own.</summary>
    private static ImageSet Images(int count)
    {
        var images = new ImageSet(new() { Height = 1, Width = 1 });
        for (var i = 0; i < count; i++)
            images.Add([(byte)i, 0, 0], i);
        return images;
    }
}
