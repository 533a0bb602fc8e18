using Tlb.Core;
using static Tlb.ML.Tests.TestImages;
using static TorchSharp.torch;

namespace Tlb.ML.Tests;

/// <summary>What is known to go wrong with the trainers of <c>Microsoft.ML.TorchSharp</c> does not with this one. Each test has the name of a defect.</summary>
/// <remarks>
/// Shown elsewhere: that accuracy is the last batch's, and that the ValidationSet is not read
/// (<see cref="ImageClassificationDefectTests.Epoch_metrics_are_means_of_batch_means"/>), that rows are scored one by one
/// (<see cref="ImageClassificationDefectTests.Images_are_scored_one_at_a_time"/>), that nothing is shuffled (TrainerTests of Tlb.Core:
/// The_order_changes_from_epoch_to_epoch_and_follows_the_seed), that classes are those that rows have
/// (<see cref="PipelineTests.Classes_are_the_keys_values_also_those_that_no_row_has"/>).
/// </remarks>
public sealed class TorchSharpDefectTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Random_numbers_are_seeded_anew_in_every_epoch()
    {
        // One batch, and a rate at which weights don't move: from epoch to epoch only the dropout masks change.
        var without = Losses(dropout: 0);
        Assert.All(without, loss => Assert.Equal(without[0], loss, 1e-6));    // the same images in other orders: rounding
        var with = Losses(dropout: 0.3f);
        for (var i = 0; i < with.Count; i++)
            for (var j = 0; j < i; j++)
                Assert.True(Math.Abs(with[i] - with[j]) > 1e-5, $"epochs {j + 1} and {i + 1} have the same loss, {with[i]}");

        List<double> Losses(float dropout)
        {
            var options = Options;
            (options.Epoch, options.BatchSize, options.LearningRate, options.WeightDecay) = (6, 64, 1e-30f, 0);
            options.Network = options.Network! with { AttentionDropout = dropout, FeedForwardDropout = dropout };
            return [.. _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(24))).Model.History.Epochs.Select(epoch => epoch.TrainingLoss)];
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]                                         // TorchSharp computes
    public void The_process_gets_other_random_numbers_and_threads(Precision precision)
    {
        var (state, threads) = (get_rng_state().data<byte>().ToArray(), get_num_threads());
        var options = Options;
        (options.Epoch, options.Precision) = (2, precision);
        var rows = Keyed(Rows(12));
        var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(rows);
        model.Precision = precision;
        Assert.Equal(12, model.Transform(rows).GetColumn<float[]>("Score").Count());
        using var engine = _ml.Model.CreatePredictionEngine<ImageRow, ProbeModel.Scores>(model);   // there a mapper seeded them
        engine.Predict(Rows(1)[0]);
        Assert.Equal(state, get_rng_state().data<byte>().ToArray());
        Assert.Equal(threads, get_num_threads());
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(7, 3)]
    [InlineData(64, 1)]
    public void The_batch_size_is_fixed(int batchSize, int steps)
    {
        var ends = new List<TrainingProgress>();
        var options = Options;
        (options.Epoch, options.BatchSize, options.MetricsCallback) = (1, batchSize, progress => { if (progress.IsEndOfEpoch) ends.Add(progress); });
        _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(20)));
        Assert.Equal((steps, steps, 20), (ends.Single().Step, ends.Single().StepCount, ends.Single().Training.Count));
    }

    [Fact]
    public void The_device_index_is_a_flag()
    {
        var ml = new MLContext(seed: 1) { GpuDeviceId = 63, FallbackToCpu = false };   // more devices than a machine has
        var trainer = ml.MulticlassClassification.Trainers.Tlb(Options);
        Assert.StartsWith("CUDA device 63 was asked for", Assert.Throws<InvalidOperationException>(() => trainer.Fit(Keyed(Rows(12)))).Message, StringComparison.Ordinal);

        var options = Options;
        options.Device = ComputeDevice.Parse("cuda:62");
        trainer = _ml.MulticlassClassification.Trainers.Tlb(options);
        Assert.StartsWith("CUDA device 62 was asked for", Assert.Throws<InvalidOperationException>(() => trainer.Fit(Keyed(Rows(12)))).Message, StringComparison.Ordinal);
    }

    private IDataView Keyed(List<ImageRow> rows) =>
        _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(rows));
}
