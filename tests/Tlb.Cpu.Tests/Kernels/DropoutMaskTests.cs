namespace Tlb.Cpu.Tests;

public sealed class DropoutMaskTests
{
    private const int Images = 64;
    private const int Elements = 2048;
    private const int Draws = Images * Elements;

    /// <summary>Five standard deviations: a good generator fails one check in two million, and the seeds are fixed.</summary>
    private const double Deviations = 5;

    [Theory]
    [InlineData(0.01f)]
    [InlineData(0.1f)]
    [InlineData(0.2f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void The_rate_is_dropped_and_the_rest_scaled_up(float rate)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var values = Layer(rate, seed, step: 1, chunk: 0, block: 0);
            Assert.Equal([0f, 1 / (1 - rate)], values.Distinct().Order());
            Assert.InRange((Share(values) - rate) / Math.Sqrt(rate * (1 - rate) / Draws), -Deviations, Deviations);
            for (var image = 0; image < Images; image++)                     // no image is favoured
                Assert.InRange((Share([.. values.Where((_, i) => i % Images == image)]) - rate) / Math.Sqrt(rate * (1 - rate) / Elements), -Deviations, Deviations);
        }
    }

    /// <summary>What is dropped here says nothing about what is dropped in the next image, element, layer, chunk, step or training.</summary>
    [Fact]
    public void Nothing_is_correlated_with_its_neighbours()
    {
        const float Rate = 0.2f;
        var values = Layer(Rate, seed: 1, step: 1, chunk: 0, block: 0);
        foreach (var distance in new[] { 1, 2, 4, 8, 16, Images, 2 * Images, 16 * Images })
            Uncorrelated(values[..^distance], values[distance..], $"distance {distance}");
        Uncorrelated(values, Layer(Rate, 1, 1, 0, 1), "next block");
        Uncorrelated(values, Layer(Rate, 1, 1, 1, 0), "next chunk");
        Uncorrelated(values, Layer(Rate, 1, 1, 0, 0, slow: true), "slow attention");
        Uncorrelated(values, Layer(Rate, 1, 1, 0, 0, feedForward: true), "feed-forward layer");
        for (var next = 2; next < 20; next++)
        {
            Uncorrelated(values, Layer(Rate, 1, next, 0, 0), $"step {next}");
            Uncorrelated(values, Layer(Rate, next, 1, 0, 0), $"seed {next}");
        }
    }

    /// <summary>A mask belongs to its image, whatever the width of the registers and the images beside it.</summary>
    [Fact]
    public void Every_register_has_the_same_masks()
    {
        foreach (var images in new[] { 5, 16, 33 })
        {
            float[]? first = null;
            foreach (var kernels in KernelSet.Sets)
                Assert.Equal(first ??= Values(kernels, 0.2f, 1, 1, 2, 3, images, 50), Values(kernels, 0.2f, 1, 1, 2, 3, images, 50));
        }
    }

    [Fact]
    public void A_rate_of_0_drops_nothing()
    {
        Assert.False(new DropoutMask(0, 1, 16, 0).IsActive);
        Assert.False(default(DropoutMask).IsActive);
        Assert.True(new DropoutMask(1e-9f, 1, 16, 0).IsActive);
        Assert.DoesNotContain(0f, KernelSet.Of("256 bits").Mask(new(1e-9f, 1, 16, 0), 1000));
    }

    private static float[] Layer(float rate, int seed, int step, int chunk, int block, bool slow = false, bool feedForward = false) =>
        Values(KernelSet.Of("256 bits"), rate, seed, step, chunk, block, Images, Elements, slow, feedForward);

    /// <summary>The numbers of a layer's mask, [elements, images].</summary>
    private static float[] Values(
        KernelSet kernels, float rate, int seed, int step, int chunk, int block, int images, int elements, bool slow = false, bool feedForward = false)
    {
        var dropout = new StepDropout(TlbConfig.KerasExample with { AttentionDropout = rate, FeedForwardDropout = rate }, seed, step, images);
        var values = new float[elements * images];
        for (var first = 0; first < images; first += kernels.Lanes)
        {
            var tile = kernels.Mask(feedForward ? dropout.FeedForward(chunk, block, slow ? 1 : 0, first) : dropout.Attention(chunk, block, slow ? 1 : 0, first), elements);
            for (var i = 0; i < tile.Length; i++)
                if (first + i % kernels.Lanes < images)
                    values[i / kernels.Lanes * images + first + i % kernels.Lanes] = tile[i];
        }
        return values;
    }

    private static double Share(float[] values) => values.Count(value => value == 0) / (double)values.Length;

    /// <summary>The coefficient of correlation of n independent pairs has a standard deviation of 1 / sqrt(n).</summary>
    private static void Uncorrelated(float[] left, float[] right, string what)
    {
        double mean = left.Average(), other = right.Average(), product = 0, square = 0, otherSquare = 0;
        for (var i = 0; i < left.Length; i++)
        {
            product += (left[i] - mean) * (right[i] - other);
            square += (left[i] - mean) * (left[i] - mean);
            otherSquare += (right[i] - other) * (right[i] - other);
        }
        var deviations = product / Math.Sqrt(square * otherSquare) * Math.Sqrt(left.Length);
        Assert.True(Math.Abs(deviations) <= Deviations, $"{what}: {deviations} standard deviations");
    }
}
