using Tlb.Core;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The preview of training images as a user of ML.NET asks for it.</summary>
public sealed class PreviewTests
{
    private readonly MLContext _ml = new(seed: 3);

    [Fact]
    public void It_shows_the_images_that_training_begins_with()
    {
        var options = Options;
        options.Augmentation = new() { HorizontalFlip = 0.5f, RandomErasing = new() { Probability = 1 }, CutMix = 1 };
        var shown = _ml.MulticlassClassification.Trainers.Tlb(options).Preview(Keyed(20), count: 5, epoch: 2);

        var images = new ImageSet(new() { Height = Size, Width = Size });
        foreach (var row in Rows(20))
            images.Add([.. Bytes(row.Image!)], Array.IndexOf(Labels, row.Label));
        var expected = TrainingPreview.Take(images, options, options.Network! with { NumberOfClasses = 3 }, seed: 3, count: 5, epoch: 2);
        Assert.Equal(expected.Count, shown.Count);
        foreach (var (image, plain) in shown.Zip(expected))
        {
            using MLImage original = image.CreateOriginal(), picture = image.CreatePicture();
            Assert.Equal((Size, Size, Size, Size), (original.Width, original.Height, picture.Width, picture.Height));
            Assert.Equal(plain.Original, Bytes(original));
            Assert.Equal(plain.Seen, Bytes(picture));
            Assert.Equal((Labels[plain.Label], plain.Share), (image.Label, image.Share));
            Assert.Equal(plain.Share < 1 ? Labels[plain.MixedLabel] : null, image.MixedLabel);
        }
        Assert.Contains(shown, image => image.MixedLabel is not null);
    }

    [Fact]
    public void Images_held_out_for_validation_are_not_shown()
    {
        var options = Options;
        (options.ValidationFraction, options.BatchSize) = (0.5, 100);
        Assert.Equal(18, _ml.MulticlassClassification.Trainers.Tlb(options).Preview(Keyed(36)).Count);
    }

    [Fact]
    public void What_cannot_be_shown_is_refused_before_the_images_are_read()
    {
        var trainer = _ml.MulticlassClassification.Trainers.Tlb(Options);
        var view = new ProbeView(3) { BeforeMove = row => Assert.Fail($"row {row} was read") };
        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Preview(view, count: 0)).ParamName);
        Assert.Equal("epoch", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Preview(view, epoch: 0)).ParamName);
    }

    private static IEnumerable<byte> Bytes(MLImage image) => Pixels.All(image).SelectMany(pixel => new[] { (byte)pixel.R, (byte)pixel.G, (byte)pixel.B });

    private IDataView Keyed(int count) =>
        _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(Rows(count)));
}
