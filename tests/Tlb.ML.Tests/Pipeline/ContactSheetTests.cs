using Tlb.Core;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The contact sheet of training images as a user of ML.NET asks for it.</summary>
public sealed class ContactSheetTests
{
    private readonly MLContext _ml = new(seed: 3);

    [Fact]
    public void It_shows_the_images_that_training_begins_with()
    {
        var options = Options;
        options.Augmentation = new() { HorizontalFlip = 0.5f, RandomErasing = new() { Probability = 1 } };
        using var sheet = _ml.MulticlassClassification.Trainers.Tlb(options).CreateContactSheet(Keyed(20), count: 5, epoch: 2);

        var images = new ImageSet(new() { Height = Size, Width = Size });
        foreach (var row in Rows(20))
            images.Add([.. Pixels.All(row.Image!).SelectMany(pixel => new[] { (byte)pixel.R, (byte)pixel.G, (byte)pixel.B })], Array.IndexOf(Labels, row.Label));
        var expected = ContactSheet.Render(images, options, options.Network! with { NumberOfClasses = 3 }, seed: 3, count: 5, epoch: 2);
        Assert.Equal((expected.Width, expected.Height), (sheet.Width, sheet.Height));
        Assert.Equal(expected.Pixels, Pixels.All(sheet).SelectMany(pixel => new[] { (byte)pixel.R, (byte)pixel.G, (byte)pixel.B }));
    }

    [Fact]
    public void Images_held_out_for_validation_are_not_shown()
    {
        var options = Options;
        (options.ValidationFraction, options.BatchSize) = (0.5, 100);
        using var sheet = _ml.MulticlassClassification.Trainers.Tlb(options).CreateContactSheet(Keyed(36));
        Assert.Equal(5 * Size + 4 * 2, sheet.Width);                         // 18 of 36: 5 beside each other, 2 pixels between them
        Assert.Equal(4 * Size + 3 * 2, sheet.Height);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused_before_the_images_are_read()
    {
        var trainer = _ml.MulticlassClassification.Trainers.Tlb(Options);
        var view = new ProbeView(3) { BeforeMove = row => Assert.Fail($"row {row} was read") };
        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CreateContactSheet(view, count: 0)).ParamName);
        Assert.Equal("epoch", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CreateContactSheet(view, epoch: 0)).ParamName);
    }

    private IDataView Keyed(int count) =>
        _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(Rows(count)));
}
