using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class TlbConfigTests
{
    [Fact]
    public void Defaults_are_the_Keras_examples()
    {
        Assert.Equal(
            new TlbConfig
            {
                ImageSize = 48, PatchSize = 4, EmbeddingDimension = 64, ChunkSize = 8, R = 2, NumberOfLayers = 4, NumberOfHeads = 1,
                NumberOfClasses = 10, AttentionDropout = 0, FeedForwardDropout = 0,
            },
            TlbConfig.KerasExample);
        Assert.Equal((144, 18, 6), (TlbConfig.KerasExample.TokenCount, TlbConfig.KerasExample.ChunkCount, TlbConfig.KerasExample.BlockCount));
    }

    [Theory]
    [InlineData(4, 2, new[] { 0, 2, 4 }, 6)]                                 // the Keras example's expansion, and which blocks read the state
    [InlineData(5, 3, new[] { 0, 3, 6 }, 7)]
    [InlineData(3, 1, new[] { 0, 1, 2, 3, 4, 5 }, 6)]
    [InlineData(2, 5, new[] { 0 }, 3)]
    public void Blocks_are_counted_after_expansion(int layers, int r, int[] readers, int blocks)
    {
        var config = new TlbConfig { NumberOfLayers = layers, R = r };
        Assert.Equal(blocks, config.BlockCount);
        Assert.Equal(readers, Enumerable.Range(0, blocks).Where(config.ReadsState));
    }

    [Fact]
    public void Presets_are_valid()
    {
        Assert.Empty(TlbConfig.KerasExample.Validate());
        Assert.Empty(TlbConfig.Small.Validate());
        Assert.Empty(TlbConfig.Tiny.Validate());
        Assert.Empty(Golden.ConfigB.Validate());
    }

    [Fact]
    public void All_problems_are_reported_together()
    {
        var problems = new TlbConfig
        {
            ImageSize = 0, PatchSize = -4, EmbeddingDimension = 0, ChunkSize = 0, R = 0, NumberOfLayers = 0, NumberOfHeads = 0, NumberOfClasses = 1,
            AttentionDropout = 1, FeedForwardDropout = float.NaN,
        }.Validate();
        Assert.Equal(10, problems.Count);
        Assert.Contains("TlbConfig.PatchSize is -4; expected 1 or more.", problems);
        Assert.Contains("TlbConfig.NumberOfClasses is 1; expected 2 or more.", problems);
        Assert.Contains("TlbConfig.AttentionDropout is 1; expected 0 or more and less than 1.", problems);
    }

    [Fact]
    public void An_image_that_patches_do_not_tile_names_sizes_that_work() => Assert.Equal(
        "TlbConfig.ImageSize is 50; expected a multiple of PatchSize, 4; image sizes that would work: 32, 48, 64, 80.",
        Assert.Single(new TlbConfig { ImageSize = 50 }.Validate()));

    [Fact]
    public void Tokens_that_chunks_do_not_divide_name_sizes_that_work()
    {
        var problem = Assert.Single(new TlbConfig { ImageSize = 36 }.Validate());
        Assert.Equal(
            "TlbConfig.ChunkSize is 8; expected a divisor of 81, the tokens of ImageSize 36 and PatchSize 4; chunk sizes that would work: 1, 3, 9, 27; image sizes that would work: 16, 32, 48, 64.",
            problem);
        Assert.Empty(new TlbConfig { ImageSize = 32 }.Validate());
        Assert.Empty(new TlbConfig { ImageSize = 36, ChunkSize = 9 }.Validate());
    }

    [Fact]
    public void ThrowIfInvalid_lists_the_problems()
    {
        var error = Assert.Throws<ArgumentException>(() => new TlbConfig { R = 0, NumberOfHeads = -1 }.ThrowIfInvalid());
        Assert.Equal("TlbConfig can't be used as it stands: TlbConfig.R is 0; expected 1 or more. TlbConfig.NumberOfHeads is -1; expected 1 or more.", error.Message);
    }
}
