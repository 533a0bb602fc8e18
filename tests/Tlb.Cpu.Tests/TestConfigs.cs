using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>Networks of all kinds and both forms: sizes that fill no register, several heads, every rule of which block reads the state.</summary>
internal static class TestConfigs
{
    private static readonly Dictionary<string, TlbConfig> All = new()
    {
        ["golden b"] = Golden.ConfigB,
        ["tiny"] = TlbConfig.Tiny,
        ["small"] = TlbConfig.Small,
        ["odd"] = new() { ImageSize = 12, PatchSize = 2, EmbeddingDimension = 7, ChunkSize = 9, R = 1, NumberOfLayers = 2, NumberOfHeads = 3, NumberOfClasses = 5 },
        ["one token a chunk"] = new() { ImageSize = 8, PatchSize = 4, EmbeddingDimension = 10, ChunkSize = 1, R = 3, NumberOfLayers = 4, NumberOfHeads = 1, NumberOfClasses = 2 },
        ["one chunk"] = new() { ImageSize = 12, PatchSize = 3, EmbeddingDimension = 12, ChunkSize = 16, R = 2, NumberOfLayers = 1, NumberOfHeads = 4, NumberOfClasses = 33 },
        ["wide chunk"] = new() { ImageSize = 20, PatchSize = 4, EmbeddingDimension = 17, ChunkSize = 25, R = 2, NumberOfLayers = 2, NumberOfHeads = 2, NumberOfClasses = 3 },
        ["many classes"] = new() { ImageSize = 9, PatchSize = 3, EmbeddingDimension = 12, ChunkSize = 3, R = 1, NumberOfLayers = 1, NumberOfHeads = 2, NumberOfClasses = 101 },
        ["three heads"] = new() { ImageSize = 8, PatchSize = 2, EmbeddingDimension = 20, ChunkSize = 8, R = 2, NumberOfLayers = 3, NumberOfHeads = 3, NumberOfClasses = 7 },
        ["deep"] = new() { ImageSize = 12, PatchSize = 2, EmbeddingDimension = 36, ChunkSize = 12, R = 3, NumberOfLayers = 5, NumberOfHeads = 1, NumberOfClasses = 2 },
        // The paper's form: chunks that do not divide the tokens, state vectors that fill no register or more than one, every order and read-out.
        ["paper"] = new() { Form = TlbForm.Paper, ImageSize = 12, PatchSize = 3, EmbeddingDimension = 12, ChunkSize = 5, NumberOfStates = 3, R = 1, NumberOfLayers = 3, NumberOfHeads = 3, FeedForwardExpansion = 2, NumberOfClasses = 4 },
        ["paper, state"] = new() { Form = TlbForm.Paper, ImageSize = 12, PatchSize = 2, EmbeddingDimension = 20, Positions = PositionKind.Sinusoidal, ChunkSize = 8, ChunkOrder = ChunkOrder.Tiles, NumberOfStates = 17, StateKind = StateKind.Sinusoidal, R = 1, NumberOfLayers = 4, NumberOfHeads = 2, FeedForwardExpansion = 1, ReadOut = ReadOutKind.State, NumberOfClasses = 3 },
        ["paper, tokens"] = new() { Form = TlbForm.Paper, ImageSize = 8, PatchSize = 2, EmbeddingDimension = 15, ChunkSize = 3, ChunkOrder = ChunkOrder.Serpentine, NumberOfStates = 1, R = 2, NumberOfLayers = 3, NumberOfHeads = 5, FeedForwardExpansion = 3, ReadOut = ReadOutKind.Tokens, NumberOfClasses = 33 },
        ["paper, one chunk"] = new() { Form = TlbForm.Paper, ImageSize = 12, PatchSize = 3, EmbeddingDimension = 16, ChunkSize = 16, NumberOfStates = 8, R = 1, NumberOfLayers = 2, NumberOfHeads = 4, NumberOfClasses = 10 },
        ["paper, convolutions"] = new() { Form = TlbForm.Paper, Tokenizer = TokenizerKind.Convolutions, ImageSize = 13, ConvolutionChannels = 5, EmbeddingDimension = 12, ChunkSize = 6, NumberOfStates = 2, R = 1, NumberOfLayers = 2, NumberOfHeads = 2, FeedForwardExpansion = 2, NumberOfClasses = 5 },
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static TlbConfig Of(string name) => All[name];

    /// <summary>Initial weights with random numbers added, so that biases and shifts are not 0 nor scales 1.</summary>
    public static NetworkWeights RandomWeights(TlbConfig config, int seed, float noise = 0.1f)
    {
        var weights = NetworkWeights.Initialize(config, seed);
        var random = new Random(seed);
        foreach (ref var value in weights.Values.AsSpan())
            value += noise * (random.NextSingle() - 0.5f);
        return weights;
    }

    /// <summary>Images of another size than the network's, of random bytes.</summary>
    public static ImageBatch RandomBatch(TlbConfig config, int count) =>
        RandomBatch(config, new() { Height = config.ImageSize - 1, Width = config.ImageSize + 3 }, count);

    /// <summary>Random bytes, or random floats between -2 and 2.</summary>
    public static ImageBatch RandomBatch(TlbConfig config, ImageLayout layout, int count)
    {
        var batch = new ImageBatch(layout, count);
        var random = new Random(count);
        for (var i = 0; i < count; i++)
        {
            var pixels = batch.Add(random.Next(config.NumberOfClasses));
            if (layout.PixelType == PixelType.Byte)
                random.NextBytes(pixels);
            else
                foreach (ref var value in MemoryMarshal.Cast<byte, float>(pixels))
                    value = 4 * random.NextSingle() - 2;
        }
        return batch;
    }

    /// <summary>Batches of every kind of image: bytes to be resized, floats of the network's size, floats to be resized.</summary>
    public static IEnumerable<ImageBatch> RandomBatches(TlbConfig config, int count)
    {
        var floats = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize, PixelType = PixelType.Single, Offset = -2, Scale = 0.25f };
        yield return RandomBatch(config, count);
        yield return RandomBatch(config, floats, count);
        yield return RandomBatch(config, floats with { Height = 2 * config.ImageSize + 1, Width = 5 }, count);
    }

    /// <summary>Some images of a batch as a batch of their own.</summary>
    public static ImageBatch Part(this ImageBatch batch, int first, int count)
    {
        var part = new ImageBatch(batch.Layout, count);
        for (var i = first; i < first + count; i++)
            batch.Image(i).CopyTo(part.Add(batch.Labels[i]));
        return part;
    }
}
