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
        Assert.Equal(["Base", "KerasExample", "Large", "Small", "Tiny"], TlbConfig.Presets.Keys.Order(StringComparer.Ordinal));
        Assert.All(TlbConfig.Presets, preset => Assert.Empty(preset.Value.Validate()));
        Assert.Same(TlbConfig.KerasExample, TlbConfig.Presets["kerasexample"]);
        Assert.Empty(Golden.ConfigB.Validate());
    }

    [Theory]
    [InlineData(32, 32, 32, "64/2 64/2 96/2", 4, 4)]
    [InlineData(1, 1, 1, "96/2", 1, 1)]
    [InlineData(8, 8, 8, "96/2", 4, 4)]
    [InlineData(23, 23, 23, "64/2 96/2", 6, 4)]
    [InlineData(24, 24, 24, "64/2 64/2 96/2", 3, 3)]
    [InlineData(28, 28, 28, "64/2 64/2 96/2", 4, 4)]
    [InlineData(56, 56, 56, "64/2 64/2 96/2", 7, 4)]
    [InlineData(57, 64, 64, "64/2 64/2 64/2 96/2", 4, 4)]
    [InlineData(65, 12, 65, "32/2 32/2 32/2 96/2", 5, 4)]
    [InlineData(64, 96, 96, "32/2 32/2 32/2 96/2", 6, 4)]
    [InlineData(112, 20, 112, "32/2 32/2 32/2 96/2", 7, 4)]
    [InlineData(224, 224, 224, "32/2 32/2 32/2 32/2 96/2", 7, 4)]
    [InlineData(3000, 4000, 224, "32/2 32/2 32/2 32/2 96/2", 7, 4)]
    public void A_network_goes_by_the_size_of_the_images(int height, int width, int imageSize, string convolutions, int grid, int chunks)
    {
        var network = TlbConfig.ForImages(height, width);
        Assert.Equal((imageSize, convolutions, grid, chunks), (network.ImageSize, Convolutions(network), network.GridSize, network.ChunkCount));
        Assert.Empty(network.Validate());
        Assert.Equal(TlbConfig.Base, network with { ImageSize = 32, ConvolutionLayers = 3, ConvolutionChannels = 64, ChunkSize = TlbConfig.Base.ChunkSize });
        Assert.Throws<ArgumentOutOfRangeException>(() => TlbConfig.ForImages(0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => TlbConfig.ForImages(5, -1));
    }

    [Theory]
    [InlineData(nameof(TlbConfig.Small), 32, "32/2 32/2 48/2", 4)]
    [InlineData(nameof(TlbConfig.Base), 32, "64/2 64/2 96/2", 4)]
    [InlineData(nameof(TlbConfig.Large), 32, "48/2 96 96/2 128 128/2", 4)]
    [InlineData(nameof(TlbConfig.Small), 96, "16/2 16/2 16/2 48/2", 6)]
    [InlineData(nameof(TlbConfig.Large), 96, "24/2 24/2 48 48/2 128 128/2", 6)]
    [InlineData(nameof(TlbConfig.Large), 224, "24/2 24/2 24/2 48 48/2 128 128/2", 7)]
    [InlineData(nameof(TlbConfig.Large), 8, "128 128/2", 4)]                 // one layer, which is a pair
    public void So_does_one_of_another_kind(string name, int size, string convolutions, int grid)
    {
        var kind = TlbConfig.Presets[name];
        var network = TlbConfig.ForImages(size, size, kind);
        Assert.Equal((size, convolutions, grid, 4), (network.ImageSize, Convolutions(network), network.GridSize, network.ChunkCount));
        Assert.Empty(network.Validate());
        Assert.Equal(kind, size == kind.ImageSize ? network : kind);
    }

    [Theory]
    [InlineData(64, 508_138)]
    [InlineData(96, 426_154)]
    [InlineData(128, 433_482)]
    [InlineData(224, 436_650)]
    public void Their_parameters_are_as_many_as_the_table_of_sizes_says(int size, long parameters) =>
        Assert.Equal(parameters, new ParameterLayout(TlbConfig.ForImages(size, size)).ValueCount);

    [Fact]
    public void One_of_patches_has_a_size_of_its_own() => Assert.Equal(TlbConfig.KerasExample, TlbConfig.ForImages(96, 96, TlbConfig.KerasExample));

    [Fact]
    public void All_problems_are_reported_together()
    {
        var problems = new TlbConfig
        {
            ImageSize = 0, PatchSize = -4, EmbeddingDimension = 0, ChunkSize = 0, R = 0, NumberOfLayers = 0, NumberOfHeads = 0, NumberOfClasses = 1,
            AttentionDropout = 1, FeedForwardDropout = float.NaN,
        }.Validate();
        Assert.Equal(10, problems.Count);
        Assert.Contains("TlbConfig.PatchSize is -4; expected 1 to 4096.", problems);
        Assert.Contains("TlbConfig.NumberOfClasses is 1; expected 2 to 1000000.", problems);
        Assert.Contains("TlbConfig.AttentionDropout is 1; expected 0 or more and less than 1.", problems);
    }

    [Fact]
    public void In_the_papers_form_R_blocks_are_followed_by_one_that_reads_the_state()
    {
        var config = TlbConfig.Base with { NumberOfLayers = 6, R = 2 };
        Assert.Equal((6, "ffsffs"), (config.BlockCount, string.Concat(Enumerable.Range(0, 6).Select(i => config.ReadsState(i) ? 's' : 'f'))));
    }

    [Theory]
    [InlineData(4, 0, 32, 96, "32/2 32/2 32/2 96/2")]
    [InlineData(4, 1, 32, 96, "32/2 32/2 32/2 96 96/2")]
    [InlineData(4, 4, 8, 96, "8 8/2 16 16/2 32 32/2 96 96/2")]
    [InlineData(4, 3, 40, 96, "40/2 80 80/2 96 96/2 96 96/2")]
    [InlineData(4, 3, 128, 96, "128/2 128 128/2 128 128/2 96 96/2")]
    [InlineData(8, 8, 8192, 8192, "8192 8192/2 8192 8192/2 8192 8192/2 8192 8192/2 8192 8192/2 8192 8192/2 8192 8192/2 8192 8192/2")]
    public void The_last_layers_may_be_pairs(int layers, int pairs, int channels, int d, string convolutions) => Assert.Equal(
        convolutions,
        Convolutions(TlbConfig.Base with { ConvolutionLayers = layers, ConvolutionPairs = pairs, ConvolutionChannels = channels, EmbeddingDimension = d }));

    [Fact]
    public void There_are_not_more_pairs_than_layers() => Assert.StartsWith(
        "TlbConfig.ConvolutionPairs is 3; expected at most ConvolutionLayers, 2", Assert.Single((TlbConfig.Base with { ConvolutionLayers = 2, ConvolutionPairs = 3 }).Validate()), StringComparison.Ordinal);

    [Theory]
    [InlineData(32, 2, 64, 4)]
    [InlineData(33, 2, 81, 6)]                                               // halves are rounded up: 33, 17, 9; the last chunk has one token
    [InlineData(96, 3, 144, 9)]
    [InlineData(224, 4, 196, 13)]
    public void Convolutions_halve_the_sides(int image, int layers, int tokens, int chunks)
    {
        var config = TlbConfig.Base with { ImageSize = image, ConvolutionLayers = layers, ChunkSize = 16 };
        Assert.Empty(config.Validate());
        Assert.Equal((tokens, chunks), (config.TokenCount, config.ChunkCount));
        Assert.Equal(tokens, Enumerable.Range(0, chunks).Sum(config.TokensOf));
    }

    /// <summary>Nothing is set in vain.</summary>
    [Fact]
    public void What_a_form_or_a_tokenizer_has_no_use_for_is_refused()
    {
        Assert.Contains("TlbConfig.NumberOfStates is 4; expected 8, its default, since the Keras example's form has ChunkSize state vectors: set Form to Paper.",
            Assert.Single(new TlbConfig { NumberOfStates = 4 }.Validate()), StringComparison.Ordinal);
        Assert.Equal(4, new TlbConfig { Positions = PositionKind.Sinusoidal, ChunkOrder = ChunkOrder.Tiles, StateKind = StateKind.Sinusoidal, ReadOut = ReadOutKind.State }.Validate().Count);
        Assert.Contains("PatchSize is 8;", Assert.Single((TlbConfig.Base with { PatchSize = 8 }).Validate()), StringComparison.Ordinal);
        Assert.Equal(5, (TlbConfig.Tiny with { ConvolutionLayers = 1, ConvolutionPairs = 1, ConvolutionKernel = 5, ConvolutionChannels = 8, ConvolutionPooling = 2 }).Validate().Count);
    }

    [Fact]
    public void The_papers_form_has_rules_of_its_own()
    {
        Assert.Contains("EmbeddingDimension is 96; expected a multiple of NumberOfHeads, 5", Assert.Single((TlbConfig.Base with { NumberOfHeads = 5 }).Validate()), StringComparison.Ordinal);
        Assert.Contains("NumberOfLayers is 2; expected more than R, 2", Assert.Single((TlbConfig.Base with { NumberOfLayers = 2 }).Validate()), StringComparison.Ordinal);
        Assert.Contains("ChunkSize is 17; expected at most 16", Assert.Single((TlbConfig.Base with { ChunkSize = 17 }).Validate()), StringComparison.Ordinal);
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
        Assert.Equal("TlbConfig can't be used as it stands: TlbConfig.R is 0; expected 1 to 1024. TlbConfig.NumberOfHeads is -1; expected 1 to 1024.", error.Message);
    }

    /// <summary>Sizes that a model file may claim, or a user type: each is refused at once, before anything is made of them.</summary>
    [Theory]
    [InlineData(128, 1, 1, 8192, 1, 32768, 2, "NumberOfHeads is 32768")]
    [InlineData(128, 1, 1, 8192, 1, 1024, 2, "ChunkSize makes the attention of a chunk 1,099,511,627,776 numbers; expected at most 536,870,912: lower ChunkSize or NumberOfHeads.")]
    [InlineData(64, 1, 2, 4096, 1, 8, 2, "ChunkSize makes the attention of a chunk 2,147,483,648 numbers")]
    [InlineData(536870911, 1, 8, 1, 1, 1, 2, "ImageSize is 536870911; expected 1 to 4096.")]
    [InlineData(65536, 1, 8, 1, 1, 1, 2, "ImageSize is 65536")]
    [InlineData(4096, 4096, 8, 1, 1, 1, 2, "ImageSize makes the images of a pass 805,306,368 numbers")]
    [InlineData(48, 4, 64, 8, 1_000_000_000, 1, 2, "NumberOfLayers is 1000000000; expected 1 to 1024.")]
    [InlineData(48, 4, 64, 8, 4, 1, int.MaxValue, "R is 2147483647; expected 1 to 1024.")]
    [InlineData(48, 4, 8192, 8, 4, 1, 2, "NumberOfLayers makes the weights ")]
    [InlineData(2048, 1, 1, 1, 1024, 1, 1, "NumberOfLayers makes the work of an image 35,")]   // hours
    public void Sizes_that_nothing_could_compute_are_refused(int image, int patch, int width, int chunk, int layers, int heads, int r, string problem)
    {
        var config = new TlbConfig { ImageSize = image, PatchSize = patch, EmbeddingDimension = width, ChunkSize = chunk, NumberOfLayers = layers, NumberOfHeads = heads, R = r };
        Assert.Contains(config.Validate(), found => found.StartsWith($"TlbConfig.{problem}", StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => new NetworkWeights(config));
    }

    [Fact]
    public void State_vectors_with_more_to_show_than_an_array_holds_are_refused() => Assert.Equal(
        "TlbConfig.NumberOfStates makes the maps of the state vectors 17,179,869,184 numbers; expected at most 536,870,912: lower NumberOfStates or ImageSize.",
        Assert.Single(new TlbConfig { Form = TlbForm.Paper, ImageSize = 2048, PatchSize = 1, EmbeddingDimension = 1, ChunkSize = 4096, NumberOfStates = 4096, ReadOut = ReadOutKind.State }.Validate()));

    [Fact]
    public void Work_that_would_take_hours_is_refused_in_the_papers_form_too()
    {
        var config = new TlbConfig { Form = TlbForm.Paper, ImageSize = 1024, PatchSize = 1, EmbeddingDimension = 8, ChunkSize = 1, NumberOfStates = 512, ReadOut = ReadOutKind.State };
        var problem = Assert.Single(config.Validate());                      // a state that is updated for each pixel
        Assert.StartsWith("TlbConfig.NumberOfLayers makes the work of an image 1,54", problem, StringComparison.Ordinal);
        Assert.EndsWith("lower NumberOfLayers, EmbeddingDimension or the tokens, (ImageSize / PatchSize)^2.", problem, StringComparison.Ordinal);
        config = TlbConfig.Base with { ImageSize = 140, ConvolutionLayers = 2, ConvolutionKernel = 15, ConvolutionChannels = 1024, EmbeddingDimension = 1024 };
        problem = Assert.Single(config.Validate());                          // windows of 15 x 15 x 1024
        Assert.StartsWith("TlbConfig.NumberOfLayers makes the work of an image 1,", problem, StringComparison.Ordinal);
        Assert.EndsWith("lower NumberOfLayers, EmbeddingDimension or ImageSize.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_weights_are_counted_before_they_are_laid_out()
    {
        TlbConfig[] configs = [TlbConfig.KerasExample, TlbConfig.Small, TlbConfig.Tiny, Golden.ConfigB, new() { R = 5, NumberOfLayers = 3, NumberOfHeads = 3, NumberOfClasses = 7 }];
        Assert.All(configs, config => Assert.Equal(new ParameterLayout(config).ValueCount, config.WeightCount));
    }

    /// <summary>The channels that each convolution gives, and whether it halves the sides.</summary>
    private static string Convolutions(TlbConfig network) => string.Join(
        ' ', Enumerable.Range(0, network.ConvolutionCount).Select(i => $"{network.ConvolutionInputs(i + 1)}{(network.ConvolutionPools(i) ? "/2" : "")}"));
}
