using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>What it means that a network is recurrent: the state carries what was read, told apart by its vectors, and only within an image.</summary>
public sealed class RecurrenceTests
{
    /// <summary>16 tokens in 4 chunks, which are the rows of patches; the classes are read from the state alone.</summary>
    private static readonly TlbConfig Config = new()
    {
        Form = TlbForm.Paper, ImageSize = 8, PatchSize = 2, EmbeddingDimension = 12, ChunkSize = 4, NumberOfStates = 3, R = 1, NumberOfLayers = 2,
        NumberOfHeads = 2, FeedForwardExpansion = 2, ReadOut = ReadOutKind.State,
    };

    private static readonly TlbConfig ByConvolutions =
        Config with { Tokenizer = TokenizerKind.Convolutions, PatchSize = new TlbConfig().PatchSize, ConvolutionLayers = 1 };

    public static TheoryData<string> Configurations => TestConfigs.Names;

    public static TheoryData<int, TokenizerKind, ReadOutKind> Chunks
    {
        get
        {
            var data = new TheoryData<int, TokenizerKind, ReadOutKind>();
            foreach (var tokenizer in Enum.GetValues<TokenizerKind>())
                foreach (var readOut in Enum.GetValues<ReadOutKind>())
                    foreach (var chunk in new[] { 0, 1, 3 })
                        data.Add(chunk, tokenizer, readOut);
            return data;
        }
    }

    [Theory]
    [InlineData(StateKind.Learned)]
    [InlineData(StateKind.Sinusoidal)]
    public void State_vectors_differ_after_one_chunk(StateKind kind)
    {
        var config = Config with { StateKind = kind };
        var state = new TlbReference(TestConfigs.RandomWeights(config, 1)).Classify(Image(config, 1)).Steps[0].State;
        for (var v = 1; v < config.NumberOfStates; v++)
            Assert.True(Enumerable.Range(0, config.EmbeddingDimension).Max(f => Math.Abs(state[v, f] - state[0, f])) > 1e-3, $"vector {v}");
    }

    [Fact]
    public void State_vectors_of_the_Keras_example_stay_the_same()
    {
        var config = TestConfigs.Of("golden b");
        foreach (var step in new TlbReference(TestConfigs.RandomWeights(config, 1)).Classify(Image(config, 1)).Steps)
            for (var v = 1; v < config.ChunkSize; v++)
                for (var f = 0; f < config.EmbeddingDimension; f++)
                    Assert.Equal(step.State[0, f], step.State[v, f]);
    }

    /// <summary>Each state vector has its own part in the loss.</summary>
    [Fact]
    public void State_vectors_are_trained_apart()
    {
        var start = Run.Gradient(TestConfigs.RandomWeights(Config, 1), TestConfigs.RandomBatch(Config, 5)).Gradient["state.start"].ToArray().Chunk(Config.EmbeddingDimension).ToList();
        for (var v = 1; v < start.Count; v++)
            Assert.True(start[v].Zip(start[0], (a, b) => Math.Abs(a - b)).Max() > 0.01f * start[0].Max(Math.Abs), $"vector {v}");
    }

    [Theory]
    [MemberData(nameof(Chunks))]
    public void A_pixel_of_any_chunk_changes_the_classes(int chunk, TokenizerKind tokenizer, ReadOutKind readOut)
    {
        var config = (tokenizer == TokenizerKind.Patches ? Config : ByConvolutions) with { ReadOut = readOut };
        var weights = TestConfigs.RandomWeights(config, 1, noise: 0.4f);
        var image = Image(config, 1);
        var changed = image.ToArray();
        changed[chunk * image.Length / config.ChunkCount] += 0.5f;
        AssertFar(Score(image, weights), Score(changed, weights));
    }

    /// <summary>With nothing that tells places apart, chunks are told apart by when they come; tokens of a chunk are a set.</summary>
    [Theory]
    [InlineData(ReadOutKind.State)]
    [InlineData(ReadOutKind.Tokens)]
    [InlineData(ReadOutKind.Both)]
    public void The_order_of_chunks_matters_and_that_within_a_chunk_does_not(ReadOutKind readOut)
    {
        var weights = TestConfigs.RandomWeights(Config with { ReadOut = readOut }, 1, noise: 0.4f);
        weights["patch.position_embedding"].Clear();
        var image = Image(Config, 1);
        int row = image.Length / Config.ImageSize, chunk = image.Length / Config.ChunkCount, patch = Config.PatchSize * TlbConfig.Channels;
        float[] chunksSwapped = [.. image[chunk..(2 * chunk)], .. image[..chunk], .. image[(2 * chunk)..]];
        var tokensSwapped = image.ToArray();
        for (var y = 0; y < Config.PatchSize; y++)
            for (var i = 0; i < patch; i++)
                (tokensSwapped[y * row + i], tokensSwapped[y * row + patch + i]) = (image[y * row + patch + i], image[y * row + i]);
        AssertFar(Score(image, weights), Score(chunksSwapped, weights));
        Close.Absolute(Score(image, weights), Score(tokensSwapped, weights), 1e-6, "tokens of a chunk swapped"); // rounding: sums in another order
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Nothing_leaks_from_image_to_image_or_call_to_call(string name)
    {
        var config = TestConfigs.Of(name);
        var classes = config.NumberOfClasses;
        using var scorer = Run.Scorer(TestConfigs.RandomWeights(config, 3));
        var batch = TestConfigs.RandomBatch(config, 20);
        foreach (var count in new[] { 1, 2, 20 })
        {
            var first = Run.Score(scorer, batch.Part(0, count), classes);
            Run.Score(scorer, TestConfigs.RandomBatch(config, 23).Part(3, count), classes);
            Assert.Equal(first, Run.Score(scorer, batch.Part(0, count), classes));
        }
        var other = new ImageBatch(batch.Layout, 2);                          // beside another image
        batch.Image(0).CopyTo(other.Add());
        batch.Image(7).CopyTo(other.Add());
        Assert.Equal(Run.Score(scorer, batch.Part(0, 2), classes)[..classes], Run.Score(scorer, other, classes)[..classes]);
    }

    private static void AssertFar(float[] expected, float[] actual) =>
        Assert.True(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() > 1e-4f, $"{string.Join(", ", expected)} became {string.Join(", ", actual)}");

    private static float[] Image(TlbConfig config, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, config.ImageSize * config.ImageSize * TlbConfig.Channels).Select(_ => random.NextSingle())];
    }

    private static float[] Score(float[] image, NetworkWeights weights)
    {
        var batch = new ImageBatch(new() { Height = Config.ImageSize, Width = Config.ImageSize, PixelType = PixelType.Single, Scale = 1 }, 1);
        MemoryMarshal.AsBytes(image.AsSpan()).CopyTo(batch.Add());
        using var scorer = Run.Scorer(weights);
        return Run.Score(scorer, batch, Config.NumberOfClasses);
    }
}
