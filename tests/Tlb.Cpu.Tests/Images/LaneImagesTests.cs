using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed class LaneImagesTests
{
    public static TheoryData<string> Widths => KernelSet.Names;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Scaling_and_resizing_are_Kerass(string width)
    {
        var (kernels, golden) = (KernelSet.Of(width), Golden.Read("preprocess"));
        var batch = new ImageBatch(new() { Height = 32, Width = 32 }, capacity: 4);
        var pixels = golden.Tensors["in.uint8"].Bytes.Span;
        for (var i = 0; i < 4; i++)
            pixels.Slice(i * batch.Layout.ByteCount, batch.Layout.ByteCount).CopyTo(batch.Add());
        // 32: the same float32 product, to the bit. Else a few roundings of numbers below 1.
        foreach (var (size, name, tolerance) in new[] { (32, "out.rescaled", 0), (48, "out.resize48", 2e-7), (52, "out.resize52", 2e-7) })
        {
            var images = kernels.Images(size, [(batch, 0, 4)])[0];
            var actual = Enumerable.Range(0, 4).SelectMany(lane => Lane(images, kernels.Lanes, lane)).ToArray();
            Close.Absolute(golden.Values(name), actual, tolerance, name);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Images_are_the_plain_formulas(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var size in new[] { 1, 5, 12 })
            foreach (var layout in Layouts(size))
            {
                var batch = TestConfigs.RandomBatch(TlbConfig.Tiny, layout, kernels.Lanes + 2);
                var images = kernels.Images(size, [(batch, 2, kernels.Lanes)])[0];
                for (var lane = 0; lane < kernels.Lanes; lane++)
                    Check(batch, 2 + lane, size, Lane(images, kernels.Lanes, lane));
            }
    }

    /// <summary>One array takes batches of all kinds in turn; where there is no image it is black.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Nothing_stays_of_the_batch_before(string width)
    {
        const int Size = 5;
        var kernels = KernelSet.Of(width);
        var batches = Layouts(Size).Select(layout => TestConfigs.RandomBatch(TlbConfig.Tiny, layout, kernels.Lanes)).ToList();
        var fills = batches.SelectMany(batch => new[] { (batch, 0, kernels.Lanes), (batch, 1, kernels.Lanes - 1) }).ToList();
        fills.AddRange(fills.AsEnumerable().Reverse().ToList());
        var results = kernels.Images(Size, fills);
        foreach (var ((batch, first, count), images) in fills.Zip(results))
            for (var lane = 0; lane < kernels.Lanes; lane++)
                if (lane < count)
                    Check(batch, first + lane, Size, Lane(images, kernels.Lanes, lane));
                else
                    Assert.All(Lane(images, kernels.Lanes, lane), value => Assert.Equal(0, value));
    }

    private static IEnumerable<ImageLayout> Layouts(int size)
    {
        foreach (var (height, width) in new[] { (size, size), (1, 1), (2 * size, size + 1), (3, 4 * size + 1) })
        {
            yield return new() { Height = height, Width = width };
            yield return new() { Height = height, Width = width, PixelType = PixelType.Single, Offset = 0.5f, Scale = 0.5f };
        }
    }

    private static float[] Lane(float[] images, int lanes, int lane) => [.. images.Where((_, i) => i % lanes == lane)];

    /// <summary>Bilinear with half-pixel centres, in double precision.</summary>
    private static void Check(ImageBatch batch, int image, int size, float[] actual)
    {
        var layout = batch.Layout;
        var bytes = batch.Image(image);
        double[] values = layout.PixelType == PixelType.Byte
            ? [.. bytes.ToArray().Select(value => (double)value)]
            : [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(value => (double)value)];
        // The scale is rounded to a float, which moves a place by up to that share of the size; values lie between -1.25 and 1, and a
        // few roundings more are of such numbers.
        var bound = 2.25 * Sum.Rounding * (layout.Height + layout.Width + 8);
        for (var i = 0; i < actual.Length; i++)
        {
            var (y, x, channel) = (i / TlbConfig.Channels / size, i / TlbConfig.Channels % size, i % TlbConfig.Channels);
            var (top, bottom, down) = Tap(y, layout.Height);
            var (left, right, across) = Tap(x, layout.Width);
            var upper = Value(top, left) * (1 - across) + Value(top, right) * across;
            var lower = Value(bottom, left) * (1 - across) + Value(bottom, right) * across;
            var expected = upper * (1 - down) + lower * down;
            Assert.True(Math.Abs(actual[i] - expected) <= bound, $"{layout.Height} x {layout.Width} to {size}, value {i}: expected {expected}, got {actual[i]}, within {bound}");

            double Value(int row, int column) => (values[(row * layout.Width + column) * TlbConfig.Channels + channel] - layout.Offset) * layout.Scale;
        }

        (int First, int Second, double Share) Tap(int to, int from)
        {
            var at = Math.Clamp((to + 0.5) * from / size - 0.5, 0, from - 1);
            return ((int)at, Math.Min((int)at + 1, from - 1), at - (int)at);
        }
    }
}
