using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class AugmentedImageTests
{
    private static readonly ImageLayout Row = new() { Height = 1, Width = 4, PixelType = PixelType.Single, Scale = 1 };

    [Theory]
    [InlineData(32, "out.rescaled", 0)]
    [InlineData(48, "out.resize48", 2e-6)]                                   // a position of up to 32 is rounded by 1e-6 on each axis, and pixels differ by up to 1
    [InlineData(52, "out.resize52", 2e-6)]
    public void Without_augmentation_it_is_Kerass_resize(int size, string expected, double tolerance) =>
        Close.Absolute(Golden.Read("preprocess").Values(expected), GoldenImages().Rendered(size), tolerance);

    [Fact]
    public void The_Keras_examples_crops_and_flips_are_parts_of_Kerass_resize()
    {
        const int Size = 48, Margin = 4, Resized = Size + Margin;
        var resized = Golden.Read("preprocess").Values("out.resize52");
        var batch = GoldenImages();
        var augmenter = new Augmenter(AugmentationOptions.KerasExample, Size, seed: 1);
        var seen = new HashSet<(int X, int Y, bool Flips)>();
        for (var epoch = 1; epoch <= 60; epoch++)
        {
            augmenter.Augment(batch, epoch, firstPosition: 0);
            var images = batch.Rendered(Size);
            for (var i = 0; i < batch.Count; i++)
            {
                var sampling = batch.Augmentations[i].Sampling;
                var flips = sampling.Xx < 0;
                var left = (int)Math.Round((flips ? sampling.X0 + Size * sampling.Xx : sampling.X0) * Resized / 32);
                var top = (int)Math.Round(sampling.Y0 * Resized / 32);
                Assert.InRange(left, 0, Margin);
                Assert.InRange(top, 0, Margin);
                seen.Add((left, top, flips));
                var expected = new float[Size * Size * 3];
                for (var y = 0; y < Size; y++)
                    for (var x = 0; x < Size; x++)
                        resized.AsSpan(((i * Resized + top + y) * Resized + left + (flips ? Size - 1 - x : x)) * 3, 3).CopyTo(expected.AsSpan((y * Size + x) * 3));
                // A position of up to 32 is rounded three times, by 1e-6 each at most, and pixels differ by up to 1.
                Close.Absolute(expected, images.AsSpan(i * expected.Length, expected.Length), 4e-6, $"offset {left}, {top}, flipped: {flips}");
            }
        }
        Assert.Contains((0, 0, false), seen);
        Assert.Contains((0, 0, true), seen);
        Assert.True(seen.Count >= 45, $"{seen.Count} of the 50 kinds in 240 images."); // all but 50 x (49/50)^240 = 0.4
    }

    [Theory]
    [InlineData(-1, false, new[] { 1f, 1, 2, 3 })]
    [InlineData(2, false, new[] { 3f, 4, 4, 4 })]
    [InlineData(-2, true, new[] { 2f, 1, 1, 2 })]
    [InlineData(3, true, new[] { 4f, 4, 3, 2 })]
    [InlineData(8, true, new[] { 1f, 2, 3, 4 })]
    [InlineData(-9, true, new[] { 1f, 1, 2, 3 })]
    [InlineData(0.5f, false, new[] { 1.5f, 2.5f, 3.5f, 4 })]
    public void Images_go_on_beyond_their_edges(float shift, bool reflect, float[] expected) =>
        Assert.Equal(expected, Reds(Batch([1, 2, 3, 4]), a => a with { Sampling = Affine.Translation(shift, 0), ReflectEdges = reflect }));

    [Fact]
    public void A_flip_swaps_left_and_right() =>
        Assert.Equal([4, 3, 2, 1], Reds(Batch([1, 2, 3, 4]), a => a with { Sampling = new(-1, 0, 4, 0, 1, 0) }));

    [Fact]
    public void Colors_are_clipped_only_where_they_change()
    {
        var batch = Batch([-1, 0.25f, 0.5f, 2]);
        Assert.Equal([-1, 0.25f, 0.5f, 2], Reds(batch, a => a));
        Assert.Equal([0, 0.5f, 1, 1], Reds(batch, a => a with { Color = ColorChange.Brightness(2) }));
        Assert.Equal([0, 0, 0.5f, 1], Reds(batch, a => a with { Color = ColorChange.Contrast(2) }));
    }

    [Fact]
    public void Erasing_comes_after_colors_and_before_mixing()
    {
        var batch = Batch([1, 1, 1, 1], [0, 0, 0, 0]);
        var augmentations = batch.Augment();
        augmentations[1] = Plain(1) with { Color = ColorChange.Brightness(0), Erased = new(1, 0, 3, 1), EraseColor = 0.5f, Partner = 0, Share = 0.5f };

        augmentations[0] = Plain(0);
        Assert.Equal([0.5f, 0.75f, 0.75f, 0.5f], Reds(batch, 1));
        augmentations[0] = Plain(0) with { Partner = 1, Share = 0.75f };     // the partner as it is before it is mixed itself
        Assert.Equal([0.75f, 0.875f, 0.875f, 0.75f], Reds(batch, 0));
        augmentations[0] = Plain(0) with { Partner = 1, Share = 0.5f, FromPartner = new(2, 0, 9, 1) };
        Assert.Equal([1, 1, 0.5f, 0], Reds(batch, 0));
    }

    private static ImageAugmentation Plain(int index) => ImageAugmentation.None(Row, 4, index) with { Sampling = Affine.Scaling(1, 0) };

    private static float[] Reds(ImageBatch batch, Func<ImageAugmentation, ImageAugmentation> change)
    {
        batch.Augment()[0] = change(Plain(0));
        return Reds(batch, 0);
    }

    /// <summary>The reds of the first row.</summary>
    private static float[] Reds(ImageBatch batch, int index)
    {
        var image = new float[4 * 4 * 3];
        AugmentedImage.Render(batch, index, 4, image);
        return [image[0], image[3], image[6], image[9]];
    }

    private static ImageBatch Batch(params float[][] reds)
    {
        var batch = new ImageBatch(Row, reds.Length);
        foreach (var row in reds)
            MemoryMarshal.AsBytes(row.SelectMany(value => new[] { value, value, value }).ToArray().AsSpan()).CopyTo(batch.Add());
        return batch;
    }

    private static ImageBatch GoldenImages()
    {
        var batch = new ImageBatch(new() { Height = 32, Width = 32 }, capacity: 4);
        var pixels = Golden.Read("preprocess").Tensors["in.uint8"].Bytes.Span;
        for (var i = 0; i < 4; i++)
            pixels.Slice(i * batch.Layout.ByteCount, batch.Layout.ByteCount).CopyTo(batch.Add());
        return batch;
    }
}
