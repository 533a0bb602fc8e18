using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The learning rate finder as a user of ML.NET calls it.</summary>
public sealed class LearningRateTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_trainer_finds_a_rate_that_learns()
    {
        var messages = new List<string>();
        _ml.Log += (_, e) => messages.Add(e.RawMessage);
        var options = Options;
        var curve = _ml.MulticlassClassification.Trainers.Tlb(options).FindLearningRate(Keyed(90));
        Assert.InRange(curve.Points.Count, 50, 100);
        Assert.Contains(messages, message => message.StartsWith("Learning rates from 1E-06 to", StringComparison.Ordinal));

        options.LearningRate = curve.Suggested!.Value;
        var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(90));
        Assert.Equal(1, _ml.MulticlassClassification.Evaluate(model.Transform(Keyed(60, seed: 2))).MicroAccuracy);
    }

    [Fact]
    public void Finding_a_rate_changes_nothing_of_a_training_to_come()
    {
        var trainer = _ml.MulticlassClassification.Trainers.Tlb(Options);
        var first = trainer.FindLearningRate(Keyed(24), stepCount: 20);
        var after = trainer.Fit(Keyed(24)).Model.Weights.Values;
        Assert.Equal(first.Points, trainer.FindLearningRate(Keyed(24), stepCount: 20).Points);
        Assert.Equal(new MLContext(seed: 1).MulticlassClassification.Trainers.Tlb(Options).Fit(Keyed(24)).Model.Weights.Values, after);
    }

    [Fact]
    public void A_range_that_is_none_is_refused_before_the_images_are_read()
    {
        var trainer = _ml.MulticlassClassification.Trainers.Tlb(Options);
        var view = new ProbeView(3) { BeforeMove = row => Assert.Fail($"row {row} was read") };
        Assert.Equal("highest", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.FindLearningRate(view, lowest: 1, highest: 0.1f)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.FindLearningRate(view, stepCount: 1));
    }

    private IDataView Keyed(int count, int seed = 1) =>
        _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(Rows(count, seed)));
}
