using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class ValidationFractionTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly NumberedImages _images;

    public ValidationFractionTests() => _images = new(_ml);

    public void Dispose() => _images.Dispose();

    [Fact]
    public void A_share_of_the_images_is_measured_on_and_not_trained_on()
    {
        var counts = new List<(long, int?)>();
        var options = Options;
        (options.Epoch, options.ValidationFraction) = (2, 0.2);
        options.MetricsCallback = progress => { if (progress.IsEndOfEpoch) counts.Add((progress.Training.Count, progress.Validation?.Count)); };
        var history = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(30))).Model.History;
        Assert.Equal([(24, 6), (24, 6)], counts);
        Assert.All(history.Epochs, epoch => Assert.NotNull(epoch.ValidationLoss));
    }

    [Fact]
    public void The_same_share_of_each_class_is_held_out_and_the_seed_says_which_images()
    {
        var images = NumberedImages.Read(_ml, _images.View("images"), Options);
        var (training, validation) = Split(seed: 1);
        Assert.Equal([(0, 7), (1, 7), (2, 7)], validation.CountBy(number => number % 3).OrderBy(count => count.Key).Select(count => (count.Key, count.Value)));   // half of 14, 13, 13
        Assert.Equal(Enumerable.Range(0, NumberedImages.Count), training.Concat(validation).Order());
        Assert.Equal(validation, Split(seed: 1).Validation);
        Assert.NotEqual(validation, Split(seed: 2).Validation);

        (List<int> Training, List<int> Validation) Split(int seed)
        {
            var (training, validation) = TrainingImages.HoldOut(images, 0.5, seed);
            return (Numbers(training), Numbers(validation));
        }

        static List<int> Numbers(IImageSource source) => NumberedImages.Epoch(source, shuffleSeed: null).Images.ConvertAll(image => image.Number);
    }

    [Fact]
    public void The_contexts_seed_decides()
    {
        Assert.Equal(Loss(1), Loss(1));
        Assert.NotEqual(Loss(1), Loss(2));

        // Weights from a file and no training: what differs is which images are measured on.
        static double? Loss(int seed)
        {
            using var folder = new TempFolder();
            NetworkWeights.Initialize(TlbConfig.Tiny with { NumberOfClasses = 3 }, seed: 9).Save(folder["weights"]);
            var ml = new MLContext(seed);
            var options = Options;
            (options.Epoch, options.LearningRate, options.WeightDecay, options.ValidationFraction, options.InitialWeightsFile) = (1, 1e-30f, 0, 0.2, folder["weights"]);
            var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(Rows(3)));
            return ml.MulticlassClassification.Trainers.Tlb(options).Fit(keys.Transform(ml.Data.LoadFromEnumerable(Rows(60)))).Model.History.Epochs[0].ValidationLoss;
        }
    }

    [Theory]
    [InlineData(0.1, 5)]
    [InlineData(0.01, 50)]
    [InlineData(0.9, 2)]
    public void Too_few_images_to_hold_any_out(double fraction, int needed)
    {
        var options = Options;
        options.ValidationFraction = fraction;
        var error = Assert.Throws<InvalidDataException>(() => _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(3))));
        Assert.Equal(FormattableString.Invariant($"ValidationFraction {fraction} holds out none of 3 images: it needs a class of {needed} images or more. Give more images, a larger fraction or a ValidationSet."), error.Message);
        options.Epoch = 0;
        _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(3 * needed)));
        if (needed > 2)
            Assert.Throws<InvalidDataException>(() => _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(3 * (needed - 1)))));
    }

    [Fact]
    public void Options_out_of_range_are_reported_together()
    {
        var options = Options;
        (options.ValidationFraction, options.ValidationSet, options.MemoryBudget) = (1, Keyed(Rows(3)), 0);
        var message = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.Tlb(options)).Message;
        Assert.Equal(
            "TlbTrainer.Options can't be used as it stands: Options.ValidationFraction is 1; expected above 0 and below 1, or null. " +
            "Options.ValidationFraction is 1; expected null where ValidationSet is set. Options.MemoryBudget is 0; expected 1 or more.",
            message);
    }

    private IDataView Keyed(List<ImageRow> rows) =>
        _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(rows));
}
