using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed unsafe class AugmentedLanesTests
{
    private const int Size = 12;

    public static TheoryData<string> Layouts => [.. Augmentations.Layouts.Keys];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void All_kinds_of_augmentations_are_those_of_the_plain_form(string layout)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var batch = Augmentations.RandomBatch(Augmentations.Layouts[layout], 40, seed).Wildly(Size, seed);
            var expected = batch.Rendered(Size);
            Close.Absolute(expected, Augmented<Lanes128>(batch), 1e-5, layout); // sums of values up to 3, differently rounded
            Close.Absolute(expected, Augmented<Lanes256>(batch), 1e-5, layout);
            Close.Absolute(expected, Augmented<Lanes512>(batch), 1e-5, layout);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void An_augmentation_that_does_nothing_is_the_plain_resize(string layout)
    {
        var batch = Augmentations.RandomBatch(Augmentations.Layouts[layout], 5, seed: 1);
        var augmentations = batch.Augment();
        for (var i = 0; i < batch.Count; i++)
            augmentations[i] = ImageAugmentation.None(batch.Layout, Size, i);
        using var plain = new LaneImages<Lanes256>(Size);
        plain.Fill(batch, 0, batch.Count);
        // An augmentation's places between pixels are floats: off by some 1e-6 of a pixel, times how much neighbours differ.
        foreach (var (expected, actual) in Images<Lanes256>(plain.Pixels, batch.Count).Zip(Augmented<Lanes256>(batch)))
            Assert.Equal(expected, actual, 2e-6 * Math.Max(1, Math.Abs(expected)));
    }

    [Fact]
    public void Lanes_without_an_image_are_black()
    {
        using var augmented = new AugmentedLanes<Lanes256>(Size);
        using var pixels = new AlignedFloats(Size * Size * TlbConfig.Channels * Lanes256.Count);
        pixels.Span.Fill(float.NaN);
        var batch = Augmentations.RandomBatch(Augmentations.Layouts["same size"], 3, seed: 1).Wildly(Size, seed: 1);
        augmented.Fill(batch, 0, 3, pixels.Pointer);
        Assert.All(Images<Lanes256>(pixels.Pointer, Lanes256.Count)[(3 * Size * Size * TlbConfig.Channels)..], value => Assert.Equal(0, value));
    }

    /// <summary>All images of a batch, tile by tile.</summary>
    private static float[] Augmented<L>(ImageBatch batch) where L : unmanaged, ILanes<L>
    {
        using var augmented = new AugmentedLanes<L>(Size);
        using var pixels = new AlignedFloats(Size * Size * TlbConfig.Channels * L.Count);
        var images = new List<float>();
        for (var first = 0; first < batch.Count; first += L.Count)
        {
            var count = Math.Min(L.Count, batch.Count - first);
            augmented.Fill(batch, first, count, pixels.Pointer);
            images.AddRange(Images<L>(pixels.Pointer, count));
        }
        return [.. images];
    }

    /// <summary>[S, S, 3][lanes] to [count, S, S, 3].</summary>
    private static float[] Images<L>(float* pixels, int count) where L : unmanaged, ILanes<L>
    {
        const int Values = Size * Size * TlbConfig.Channels;
        var images = new float[count * Values];
        for (var i = 0; i < images.Length; i++)
            images[i] = pixels[i % Values * L.Count + i / Values];
        return images;
    }
}
