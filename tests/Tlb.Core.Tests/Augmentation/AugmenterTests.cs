using System.Numerics;

namespace Tlb.Core.Tests;

public sealed class AugmenterTests
{
    private const int Size = 16;
    private const int Count = 20_000;

    private static readonly ImageLayout Square = new() { Height = 1, Width = 1 };
    private static readonly Vector3 Color = new(0.2f, 0.5f, 0.7f);

    /// <summary>All that can be on at once.</summary>
    private static AugmentationOptions Everything => new()
    {
        RandomResizedCrop = new(), HorizontalFlip = 0.5f, VerticalFlip = 0.5f, ColorJitter = new() { Hue = 0.1f }, RandAugment = new(), RandomErasing = new(), Mixup = 1, CutMix = 1,
    };

    [Fact]
    public void Every_image_is_flipped_on_its_own()
    {
        // One random number for a whole batch, as in torchvision's transforms, would flip all or none.
        var drawn = Draw(new() { HorizontalFlip = 0.3f, VerticalFlip = 0.8f });
        CheckShare(0.3, drawn.Count(a => a.Sampling.Xx < 0));
        CheckShare(0.8, drawn.Count(a => a.Sampling.Yy < 0));
        CheckShare(0.24, drawn.Count(a => a.Sampling is { Xx: < 0, Yy: < 0 }));
        CheckShare(0.09, drawn.Zip(drawn.Skip(1)).Count(pair => pair.First.Sampling.Xx < 0 && pair.Second.Sampling.Xx < 0)); // neighbours
        CheckShare(0.09, drawn.Zip(Draw(new() { HorizontalFlip = 0.3f }, epoch: 2)).Count(pair => pair.First.Sampling.Xx < 0 && pair.Second.Sampling.Xx < 0)); // epochs
        CheckShare(0.09, drawn.Zip(Draw(new() { HorizontalFlip = 0.3f }, seed: 2)).Count(pair => pair.First.Sampling.Xx < 0 && pair.Second.Sampling.Xx < 0)); // seeds
        Assert.All(Draw(new() { HorizontalFlip = 1 }), a => Assert.Equal(-1f / Size, a.Sampling.Xx));
        Assert.All(Draw(new() { HorizontalFlip = 0, VerticalFlip = 1 }), a => Assert.Equal(1f / Size, a.Sampling.Xx));
    }

    [Fact]
    public void Numbers_depend_on_seed_epoch_and_position_only()
    {
        ImageAugmentation[] whole = [.. Draw(Everything with { Mixup = 0, CutMix = 0 })];
        ImageAugmentation[] again = [.. Draw(Everything with { Mixup = 0, CutMix = 0 })];
        Assert.Equal(whole, again);

        var augmenter = new Augmenter(Everything with { Mixup = 0, CutMix = 0 }, Size, seed: 1);
        var batch = new ImageBatch(Square, 7);
        for (var first = 700; first < 714; first += 7)                       // another batch size, from the middle
        {
            batch.Resize(7);
            augmenter.Augment(batch, 1, first);
            Assert.Equal(whole[first..(first + 7)].Select((a, i) => a with { Partner = i }), batch.Augmentations.ToArray());
        }
        var shares = Draw(Everything).Select(a => a.Share).ToList();
        Assert.Equal(shares, Draw(Everything).Select(a => a.Share));
        Assert.NotEqual(shares, Draw(Everything, epoch: 2).Select(a => a.Share));
        Assert.NotEqual(shares, Draw(Everything, seed: 2).Select(a => a.Share));
        Assert.Equal(Count, whole.Select(a => (a.Sampling, a.Color)).Distinct().Count()); // no two images alike
    }

    [Fact]
    public void Changing_the_options_later_changes_nothing()
    {
        var options = new AugmentationOptions { RandomErasing = new() { Probability = 0 } };
        var augmenter = new Augmenter(options, Size, seed: 1);
        (options.HorizontalFlip, options.RandomErasing.Probability) = (1, 1);
        var batch = new ImageBatch(Square, 1);
        batch.Add();
        augmenter.Augment(batch, 1, 0);
        Assert.Equal(ImageAugmentation.None(Square, Size, 0) with { EraseColor = 0.5f }, batch.Augmentations[0]);
    }

    [Fact]
    public void Crops_are_spread_evenly()
    {
        var crops = Draw(new() { RandomCrop = 2 }).CountBy(a => (X: Math.Round(a.Sampling.X0 * (Size + 2)), Y: Math.Round(a.Sampling.Y0 * (Size + 2)))).ToList();
        Assert.Equal(9, crops.Count);
        Assert.All(crops, crop => CheckShare(1 / 9.0, crop.Value));
        var shifts = Draw(new() { PadCrop = 1 }).CountBy(a => (a.Sampling.X0, a.Sampling.Y0)).ToList();
        Assert.Equal(from x in new[] { -1f, 0, 1 } from y in new[] { -1f, 0, 1 } select (x, y), shifts.Select(shift => shift.Key).Order());
        Assert.All(shifts, shift => CheckShare(1 / 9.0, shift.Value));
        Assert.All(Draw(new() { PadCrop = 1 }), a => Assert.True(a.ReflectEdges));
    }

    [Theory]
    [InlineData(100, 60)]
    [InlineData(300, 40)]                                                    // too narrow for most parts, never for all
    [InlineData(10, 1000)]                                                   // too narrow for all
    public void Resized_crops_have_the_area_and_aspect_asked_for(int width, int height)
    {
        var drawn = Draw(new() { RandomResizedCrop = new() { MinimumArea = 0.1f, MaximumArea = 0.5f, MinimumAspect = 0.5f, MaximumAspect = 2 } }, new() { Height = height, Width = width });
        Assert.All(drawn, a =>
        {
            var (w, h) = (a.Sampling.Xx * Size, a.Sampling.Yy * Size);
            Assert.InRange(w / h, 0.499f, 2.001f);
            Assert.InRange(a.Sampling.X0, 0, width - w + 1e-3f);
            Assert.InRange(a.Sampling.Y0, 0, height - h + 1e-3f);
            if (w / width * (h / height) is < 0.0999f or > 0.5001f)          // the whole width or height, from the middle
                Assert.True(Math.Abs(w - width) < 1e-3 || Math.Abs(h - height) < 1e-3);
        });
        if (width / height is 1)
            CheckMean(0.3, 0.4 / Math.Sqrt(12), drawn.Select(a => (double)a.Sampling.Xx * Size / width * a.Sampling.Yy * Size / height));
    }

    [Fact]
    public void Jitter_stays_in_its_ranges()
    {
        var brightness = Draw(new() { ColorJitter = new() { Brightness = 0.2f, Contrast = 0, Saturation = 0 } }).Select(a => a.Color.Red.X).ToList();
        Assert.InRange(brightness.Min(), 0.8f, 0.801f);
        Assert.InRange(brightness.Max(), 1.199f, 1.2f);
        CheckMean(1, 0.4 / Math.Sqrt(12), brightness.Select(factor => (double)factor));
        Assert.Equal(0, Draw(new() { ColorJitter = new() { Brightness = 3, Contrast = 0, Saturation = 0 } }).Min(a => a.Color.Red.X), 1e-3f);
        Assert.All(Draw(new() { ColorJitter = new() { Brightness = 0, Contrast = 0, Saturation = 0 } }), a => Assert.Equal(ColorChange.None, a.Color));
    }

    /// <summary>Each strength is told from the change that was drawn, and the change must be the one of its kind and strength.</summary>
    [Theory]
    [InlineData(nameof(ColorJitter.Brightness))]
    [InlineData(nameof(ColorJitter.Contrast))]
    [InlineData(nameof(ColorJitter.Saturation))]
    [InlineData(nameof(ColorJitter.Hue))]
    public void Each_jitter_works_alone(string kind)
    {
        var none = new ColorJitter { Brightness = 0, Contrast = 0, Saturation = 0, Hue = 0 };
        var (jitter, change, strength) = kind switch
        {
            nameof(ColorJitter.Brightness) => (none with { Brightness = 0.2f }, (Func<float, ColorChange>)(s => ColorChange.Brightness(1 + s)), (Func<ColorChange, float>)(c => c.Red.X - 1)),
            nameof(ColorJitter.Contrast) => (none with { Contrast = 0.2f }, s => ColorChange.Contrast(1 + s), c => c.Red.X - 1),
            nameof(ColorJitter.Saturation) => (none with { Saturation = 0.2f }, s => ColorChange.Saturation(1 + s), c => c.Red.X - c.Green.X - 1),
            _ => (none with { Hue = 0.2f }, ColorChange.Hue, c => MathF.Asin((c.Red.Z - c.Red.Y) * MathF.Sqrt(3) / 2) / (2 * MathF.PI)),
        };
        var drawn = Draw(new() { ColorJitter = jitter }).Select(a => (a.Color, Strength: strength(a.Color))).ToList();
        CheckMean(0, 0.4 / Math.Sqrt(12), drawn.Select(d => (double)d.Strength));
        Assert.InRange(drawn.Min(d => d.Strength), -0.2001f, -0.199f);
        Assert.InRange(drawn.Max(d => d.Strength), 0.199f, 0.2001f);
        Assert.All(drawn, d =>
        {
            var difference = change(d.Strength).Apply(Color) - d.Color.Apply(Color);
            Assert.InRange(difference.Length(), 0, 1e-6f);                   // the strength is told to a few roundings of 6e-8
        });
    }

    [Fact]
    public void Erased_boxes_have_the_area_asked_for()
    {
        var options = new RandomErasing { Probability = 0.4f, MinimumArea = 0.1f, MaximumArea = 0.2f, MinimumAspect = 0.5f, MaximumAspect = 2, Fill = 0.25f };
        var boxes = Draw(new() { RandomErasing = options }).Where(a => !a.Erased.IsEmpty).ToList();
        CheckShare(0.4, boxes.Count);
        Assert.All(boxes, a =>
        {
            var (box, width, height) = (a.Erased, a.Erased.Right - a.Erased.Left, a.Erased.Bottom - a.Erased.Top);
            Assert.True(box is { Left: >= 0, Top: >= 0, Right: <= Size, Bottom: <= Size });
            // Sides between the square roots of 0.1 x 256 / 2 and 0.2 x 256 x 2, each rounded to whole pixels.
            Assert.InRange(width, 4, 10);
            Assert.InRange(height, 4, 10);
            Assert.InRange((width + 0.5) * (height + 0.5), 0.1 * Size * Size, double.PositiveInfinity);
            Assert.InRange((width - 0.5) * (height - 0.5), 0, 0.2 * Size * Size);
            Assert.Equal(0.25f, a.EraseColor);
        });
        Assert.Contains(boxes, a => a.Erased.Left == 0);
        Assert.Contains(boxes, a => a.Erased.Right == Size);
    }

    [Fact]
    public void RandAugment_draws_each_operation_in_both_directions()
    {
        var nothing = ImageAugmentation.None(Square, Size, 0);
        var drawn = Draw(new() { RandAugment = new() { Operations = 1, Magnitude = 10 } });
        var kinds = drawn.CountBy(a => (a.Sampling, a.Color)).ToDictionary();
        Assert.Equal(1 + 2 * 8, kinds.Count);                                // identity, and eight operations up and down
        Assert.All(kinds, kind => CheckShare(kind.Key == (nothing.Sampling, nothing.Color) ? 1 / 9.0 : 1 / 18.0, kind.Value));
        Assert.Contains(kinds.Keys, kind => kind.Color == ColorChange.Brightness(1.9f));
        Assert.Contains(kinds.Keys, kind => Math.Abs(kind.Sampling.X0 - 0.45f) < 1e-6 && kind.Sampling.Xx == 1f / Size); // of an image of one pixel
        Assert.Contains(kinds.Keys, kind => Math.Abs(kind.Sampling.Yx * Size - 0.5f) < 1e-6); // the sine of 30 degrees
        Assert.All(Draw(new() { RandAugment = new() { Magnitude = 0 } }), a => Assert.Equal(ColorChange.None, a.Color));
    }

    [Fact]
    public void Mixup_shares_follow_their_distribution()
    {
        foreach (var alpha in new[] { 0.2f, 1, 8 })
        {
            var shares = Draw(new() { Mixup = alpha }).Select(a => (double)a.Share).ToList();
            var variance = 1 / (4 * (2.0 * alpha + 1));                      // of Beta(alpha, alpha)
            CheckMean(0.5, Math.Sqrt(variance), shares);
            CheckMean(variance, Math.Sqrt(1 / 16.0), shares.Select(share => (share - 0.5) * (share - 0.5)));
        }
        Assert.All(Draw(new() { Mixup = 1e-4f }), a => Assert.InRange(a.Share, 0, 1)); // nearly always 0 or 1, and never NaN
        Assert.All(Draw(new() { Mixup = 1 }), a => Assert.True(a.FromPartner.IsEmpty));
    }

    [Fact]
    public void CutMix_shares_are_the_area_that_stays()
    {
        var drawn = Draw(new() { CutMix = 1 });
        Assert.All(drawn, a =>
        {
            Assert.True(a.FromPartner is { Left: >= 0, Top: >= 0, Right: <= Size, Bottom: <= Size });
            var area = a.FromPartner.IsEmpty ? 0 : (a.FromPartner.Right - a.FromPartner.Left) * (a.FromPartner.Bottom - a.FromPartner.Top);
            Assert.Equal(1 - area / (float)(Size * Size), a.Share);
        });
        Assert.Contains(drawn, a => a.Share < 0.2f);                        // sides are whole pixels: at most 15 of 16
        Assert.Equal(11, Draw(new() { CutMix = 1e6f }).Max(a => a.FromPartner.Right - a.FromPartner.Left)); // always half the area: 11.3 pixels a side
        CheckShare(0.3, Draw(new() { CutMix = 1e6f, Mixup = 1, CutMixProbability = 0.3f }).Count(a => !a.FromPartner.IsEmpty));
    }

    /// <summary>A box is empty if its side is less than a pixel: if a number of Beta(alpha, alpha) is less than 1/256.</summary>
    [Theory]
    [InlineData(0.1f, 0.29142)]
    [InlineData(1, 1 / 256.0)]
    [InlineData(10, 0)]                                                      // 7e-20
    public void CutMix_boxes_follow_their_distribution(float alpha, double empty) =>
        CheckShare(empty, Draw(new() { CutMix = alpha }).Count(a => a.FromPartner.IsEmpty));

    [Fact]
    public void Partners_are_other_images_of_the_batch()
    {
        var augmenter = new Augmenter(new() { Mixup = 1 }, Size, seed: 1);
        var distances = new HashSet<int>();
        foreach (var count in new[] { 2, 5 })
            for (var first = 0; first < 200; first += count)
            {
                var batch = new ImageBatch(Square, count);
                batch.Resize(count);
                augmenter.Augment(batch, 1, first);
                var partners = batch.Augmentations.ToArray().Select(a => a.Partner).ToList();
                Assert.Equal(Enumerable.Range(0, count), partners.Order());  // each is the partner of one
                Assert.All(partners.Index(), partner => Assert.NotEqual(partner.Index, partner.Item));
                distances.Add(partners[0]);
            }
        Assert.Equal([1, 2, 3, 4], distances.Order());

        var one = new ImageBatch(Square, 1);
        one.Add();
        augmenter.Augment(one, 1, 0);
        Assert.Equal(ImageAugmentation.None(Square, Size, 0), one.Augmentations[0]);
    }

    private static List<ImageAugmentation> Draw(AugmentationOptions options, ImageLayout? layout = null, int seed = 1, int epoch = 1)
    {
        var batch = new ImageBatch(layout ?? Square, layout is null ? Count : 500);
        batch.Resize(batch.Capacity);
        new Augmenter(options, Size, seed).Augment(batch, epoch, firstPosition: 0);
        return [.. batch.Augmentations];
    }

    /// <summary>A number of images of <see cref="Count"/>, within four and a half standard deviations: one test in 150,000 would fail by chance, and the seed is fixed.</summary>
    private static void CheckShare(double probability, int count) =>
        Assert.InRange(count - Count * probability, -4.5 * Math.Sqrt(Count * probability * (1 - probability)) - 1, 4.5 * Math.Sqrt(Count * probability * (1 - probability)) + 1);

    private static void CheckMean(double mean, double deviation, IEnumerable<double> values)
    {
        var all = values.ToList();
        Assert.Equal(mean, all.Average(), 4.5 * deviation / Math.Sqrt(all.Count));
    }
}
