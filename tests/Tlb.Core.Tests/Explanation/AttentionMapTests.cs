using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class AttentionMapTests
{
    private static readonly TlbConfig TwoByTwo = TlbConfig.Tiny with { ImageSize = 8, PatchSize = 4, ChunkSize = 2 };

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Heat_maps_are_Kerass(string name)
    {
        var (config, golden) = (Golden.Config(name), Golden.Read($"golden_{name}"));
        var (grids, pictures) = (golden.Values("out.chunk_viz"), golden.Values("out.heatmap"));
        var pixels = config.ImageSize * config.ImageSize;
        for (var image = 0; image < pictures.Length / pixels; image++)
        {
            var map = new AttentionMap(config, grids.AsSpan(image * config.TokenCount, config.TokenCount));
            Assert.Equal(config.GridSize, map.GridSize);
            // A value is a mean of four, up to 1: a few roundings of 6e-8.
            Close.Absolute(pictures.AsSpan(image * pixels, pixels), map.Resize(config.ImageSize, config.ImageSize), 3e-7);
        }
    }

    /// <summary>Two chunks of two patches: the first is the upper row.</summary>
    [Fact]
    public void Chunks_are_joined_in_the_order_of_reading()
    {
        var map = new AttentionMap(TwoByTwo, [0.25f, 0.75f, 1, 0]);
        Assert.Equal([0.25f, 0.75f, 1, 0], map.Values);
        Assert.Equal([0.25f, 0.375f, 0.625f, 0.75f, 1, 0.75f, 0.25f, 0], map.Resize(height: 2, width: 4));
        Assert.Equal([0.25f, 0.75f, 0.625f, 0.375f, 1, 0], map.Resize(height: 3, width: 2));
        Assert.Equal([0.5f], map.Resize(1, 1));
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new AttentionMap(TwoByTwo, new float[3]));
        Assert.StartsWith("There are 3 attention values; expected 4, one for each token.", error.Message, StringComparison.Ordinal);
        var map = new AttentionMap(TwoByTwo, new float[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Resize(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Resize(4, -1));
    }
}
