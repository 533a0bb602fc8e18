using System.Runtime.CompilerServices;
using Tlb.Core;
using Tlb.Cpu;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>What is known to go wrong with ML.NET's own <c>ImageClassification</c> trainer does not with this one. Each test has the name of a defect.</summary>
/// <remarks>
/// Shown elsewhere: that undecodable images are skipped silently (<see cref="BadInputTests.An_unreadable_image_is_named_and_can_be_left_out"/>), that the
/// batches of every epoch are the same (TrainerTests of Tlb.Core: The_order_changes_from_epoch_to_epoch_and_follows_the_seed).
/// </remarks>
public sealed class ImageClassificationDefectTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Best_weights_are_not_restored()
    {
        var options = Overfitting(patience: 3);
        var best = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(30)));
        options.EarlyStopping!.RestoreBestWeights = false;
        var last = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(30)));

        var epochs = best.Model.History.Epochs;
        Assert.Equal(epochs.MinBy(epoch => epoch.ValidationLoss), best.Model.History.Best);
        Assert.Equal(best.Model.History.Best!.Epoch + 3, epochs.Count);
        Assert.True(epochs[^1].ValidationLoss > best.Model.History.Best.ValidationLoss);
        AssertLoss(best.Model.History.Best.ValidationLoss, best, options.ValidationSet!);
        AssertLoss(epochs[^1].ValidationLoss, last, options.ValidationSet!);
    }

    [Fact]
    public void Early_stopping_remembers_the_Fit_before()
    {
        var trainer = _ml.MulticlassClassification.Trainers.Tlb(Overfitting(patience: 3));
        var (first, second) = (trainer.Fit(Keyed(Rows(30))).Model, trainer.Fit(Keyed(Rows(30))).Model);
        Assert.Equal(Losses(first), Losses(second));
        Assert.Equal(first.Weights.Values, second.Weights.Values);
    }

    [Fact]
    public void Early_stopping_remembers_the_fold_before()
    {
        var rows = Keyed(Rows(60));
        var folds = _ml.MulticlassClassification.CrossValidate(rows, _ml.MulticlassClassification.Trainers.Tlb(Overfitting(patience: 3)), numberOfFolds: 3, seed: 5);
        var splits = _ml.Data.CrossValidationSplit(rows, numberOfFolds: 3, seed: 5);
        foreach (var (fold, split) in folds.Zip(splits))
        {
            var alone = new MLContext(seed: 1).MulticlassClassification.Trainers.Tlb(Overfitting(patience: 3)).Fit(split.TrainSet).Model;
            var inTurn = ((TlbTransformer)fold.Model).Model;
            Assert.Equal(Losses(alone), Losses(inTurn));
            Assert.Equal(alone.Weights.Values, inTurn.Weights.Values);
        }
        Assert.Equal(3, folds.Select(fold => ((TlbTransformer)fold.Model).Model.Weights.Values[0]).Distinct().Count());
    }

    [Fact]
    public void Epoch_metrics_are_means_of_batch_means()
    {
        // 17 images in batches of 16: the mean of batch means would give the last image the weight of all others.
        var options = Options;
        (options.Epoch, options.BatchSize, options.ValidationSet) = (2, 16, Keyed(Rows(17, seed: 2)));
        var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(20)));
        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(options.ValidationSet));
        var epoch = model.Model.History.Epochs[^1];
        Assert.Equal(metrics.MicroAccuracy, epoch.ValidationAccuracy);
        Assert.Equal(metrics.MacroAccuracy, epoch.ValidationMacroAccuracy!.Value, 1e-12);
        AssertLoss(epoch.ValidationLoss, model, options.ValidationSet);
    }

    [Fact]
    public void Images_are_scored_one_at_a_time()
    {
        using var model = new ProbeModel();
        var sizes = new List<int>();
        Scorer(model.Transformer) = new(() => new CountingScorer(new CpuEngine().CreateScorer(model.Transformer.Model.Weights), sizes));
        Assert.Equal(1000, model.Transformer.Transform(new ProbeView(1000)).GetColumn<float[]>("Score").Count());
        Assert.Equal(1000, sizes.Sum());
        Assert.True(sizes.Count < 10, $"{sizes.Count} batches: {string.Join(", ", sizes)}");  // after the first, small one they are of hundreds
    }

    [Fact]
    public void The_MetricsCallback_gets_arguments_of_two_kinds_and_nulls_in_them()
    {
        var calls = new List<TrainingProgress>();
        var options = Options;
        (options.Epoch, options.ValidationSet, options.MetricsCallback) = (3, Keyed(Rows(7, seed: 2)), calls.Add);
        _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(20)));
        Assert.All(calls, call =>
        {
            Assert.NotNull(call);
            Assert.Equal((3, 2), (call.EpochCount, call.StepCount));
            Assert.InRange(call.Epoch, 1, 3);
            Assert.InRange(call.Step, 1, 2);
            Assert.True(call.Training.Count > 0 && double.IsFinite(call.Training.Loss));
            Assert.Equal(call.IsEndOfEpoch, call.Validation is not null);
        });
        Assert.Equal([1, 2, 3], calls.Where(call => call.IsEndOfEpoch).Select(call => call.Epoch));
    }

    [Fact]
    public void Cancelling_loses_the_model()
    {
        using var source = new CancellationTokenSource();
        var options = Options;
        (options.Epoch, options.ValidationSet, options.CancellationToken, options.CancellationBehavior) = (100_000, Keyed(Rows(9, seed: 2)), source.Token, CancellationBehavior.ReturnBest);
        options.MetricsCallback = progress => { if (progress is { Epoch: 4, IsEndOfEpoch: true }) source.Cancel(); };
        var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(20)));
        Assert.Equal(4, model.Model.History.Epochs.Count);
        AssertLoss(model.Model.History.Best!.ValidationLoss, model, options.ValidationSet);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_scorer")]
    private static extern ref Lazy<IScorer> Scorer(TlbTransformer transformer);

    private static IEnumerable<double?> Losses(TlbModelParameters model) => model.History.Epochs.Select(epoch => epoch.ValidationLoss);

    /// <summary>Compares the loss of an epoch with that of a model; between them lie the additions of batches of other sizes.</summary>
    private void AssertLoss(double? ofEpoch, TlbTransformer model, IDataView rows) =>
        Assert.Equal(_ml.MulticlassClassification.Evaluate(model.Transform(rows)).LogLoss, ofEpoch!.Value, 1e-5);

    /// <summary>Options under which the validation loss soon rises: the labels of that set are all wrong.</summary>
    private TlbTrainer.Options Overfitting(int patience)
    {
        var wrong = Rows(12, seed: 2);
        foreach (var row in wrong)
            row.Label = Labels[(Array.IndexOf(Labels, row.Label) + 1) % 3];
        var options = Options;
        (options.Epoch, options.ValidationSet, options.EarlyStopping) = (60, Keyed(wrong), new() { Patience = patience });
        return options;
    }

    private IDataView Keyed(List<ImageRow> rows) =>
        _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(rows));

    private sealed class CountingScorer(IScorer inner, List<int> sizes) : IScorer
    {
        public void Score(ImageBatch batch, Span<float> probabilities)
        {
            lock (sizes)
                sizes.Add(batch.Count);
            inner.Score(batch, probabilities);
        }

        public void Explain(ImageBatch batch, Span<float> probabilities, Span<float> attention, Span<float> stateAttention = default) =>
            inner.Explain(batch, probabilities, attention, stateAttention);

        public void Dispose() => inner.Dispose();
    }
}
