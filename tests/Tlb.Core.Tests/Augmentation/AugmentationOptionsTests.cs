using System.Text.Json;

namespace Tlb.Core.Tests;

public sealed class AugmentationOptionsTests
{
    [Fact]
    public void All_is_off_by_default()
    {
        var options = new AugmentationOptions();
        Assert.Empty(options.Validate());
        Assert.Equal((0, 0, 0f, 0f, 0f, 0f), (options.RandomCrop, options.PadCrop, options.HorizontalFlip, options.VerticalFlip, options.Mixup, options.CutMix));
        Assert.True(options is { RandomResizedCrop: null, ColorJitter: null, RandAugment: null, RandomErasing: null, CutMixProbability: 0.5f });

        var batch = new ImageBatch(new() { Height = 1, Width = 1 }, 1);
        batch.Add();
        new Augmenter(options, imageSize: 8, seed: 1).Augment(batch, epoch: 1, firstPosition: 0);
        Assert.False(batch.IsAugmented);
    }

    [Fact]
    public void Defaults_of_what_is_on()
    {
        Assert.Equal(new RandomResizedCrop { MinimumArea = 0.08f, MaximumArea = 1, MinimumAspect = 0.75f, MaximumAspect = 4f / 3 }, new());
        Assert.Equal(new ColorJitter { Brightness = 0.4f, Contrast = 0.4f, Saturation = 0.4f, Hue = 0 }, new());
        Assert.Equal(new RandAugment { Operations = 2, Magnitude = 9 }, new());
        Assert.Equal(new RandomErasing { Probability = 0.5f, MinimumArea = 0.02f, MaximumArea = 0.33f, MinimumAspect = 0.3f, MaximumAspect = 3.3f, Fill = 0.5f }, new());
        Assert.Equal(new AugmentationOptions { RandomCrop = 4, HorizontalFlip = 0.5f }, AugmentationOptions.KerasExample);
        Assert.Equal(new AugmentationOptions { PadCrop = null, HorizontalFlip = 0.5f }, AugmentationOptions.Light);
        foreach (var preset in new[] { AugmentationOptions.KerasExample, AugmentationOptions.Light, new() { RandomResizedCrop = new(), ColorJitter = new(), RandAugment = new(), RandomErasing = new() } })
            Assert.Empty(preset.Validate());
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var options = new AugmentationOptions
        {
            RandomCrop = -1, PadCrop = 2000, HorizontalFlip = 1.5f, VerticalFlip = float.NaN, Mixup = -0.1f, CutMix = float.PositiveInfinity, CutMixProbability = -1,
            RandomResizedCrop = new() { MinimumArea = 0, MaximumArea = 2, MinimumAspect = 2, MaximumAspect = 1 },
            ColorJitter = new() { Brightness = -1, Contrast = -1, Saturation = -1, Hue = 0.6f },
            RandAugment = new() { Operations = -1, Magnitude = 11 },
            RandomErasing = new() { Probability = 2, MinimumArea = 0.5f, MaximumArea = 0.4f, MinimumAspect = 0, Fill = -1 },
        };
        Assert.Equal(
            [
                "AugmentationOptions.RandomCrop is -1; expected 0 to 1024.",
                "AugmentationOptions.PadCrop is 2000; expected 0 to 1024.",
                "AugmentationOptions.HorizontalFlip is 1.5; expected 0 to 1.",
                "AugmentationOptions.VerticalFlip is NaN; expected 0 to 1.",
                "AugmentationOptions.Mixup is -0.1; expected 0 or more.",
                "AugmentationOptions.CutMix is Infinity; expected 0 or more.",
                "AugmentationOptions.CutMixProbability is -1; expected 0 to 1.",
                "AugmentationOptions.RandomResizedCrop.MinimumArea is 0; expected more than 0, up to 1.",
                "AugmentationOptions.RandomResizedCrop.MaximumArea is 2; expected more than 0, up to 1.",
                "AugmentationOptions.RandomResizedCrop.MaximumAspect is 1; expected MinimumAspect, which is 2, or more.",
                "AugmentationOptions.ColorJitter.Brightness is -1; expected 0 or more.",
                "AugmentationOptions.ColorJitter.Contrast is -1; expected 0 or more.",
                "AugmentationOptions.ColorJitter.Saturation is -1; expected 0 or more.",
                "AugmentationOptions.ColorJitter.Hue is 0.6; expected 0 to 0.5.",
                "AugmentationOptions.RandAugment.Operations is -1; expected 0 to 100.",
                "AugmentationOptions.RandAugment.Magnitude is 11; expected 0 to 10.",
                "AugmentationOptions.RandomErasing.Probability is 2; expected 0 to 1.",
                "AugmentationOptions.RandomErasing.MaximumArea is 0.4; expected MinimumArea, which is 0.5, or more.",
                "AugmentationOptions.RandomErasing.MinimumAspect is 0; expected a number above 0.",
                "AugmentationOptions.RandomErasing.Fill is -1; expected 0 to 1.",
                "AugmentationOptions.PadCrop and RandomResizedCrop are on; expected one crop at most (0 is off, or null where a crop has options of its own).",
            ],
            options.Validate());
        var error = Assert.Throws<ArgumentException>(() => new Augmenter(options, imageSize: 8, seed: 1));
        Assert.All(options.Validate(), problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_are_read_from_JSON() => Assert.Equal(
        new AugmentationOptions { HorizontalFlip = 0.5f, RandAugment = new() { Magnitude = 5 }, Mixup = 0.2f },
        JsonSerializer.Deserialize("""{ "horizontalFlip": 0.5, "randAugment": { "magnitude": 5 }, "mixup": 0.2 }""", OptionsJson.Default.AugmentationOptions));
}
