using Tlb.Core;
using Tlb.Tests;

namespace Tlb.Fuzz;

/// <summary>Draws networks and images at random.</summary>
internal static class Draw
{
    /// <summary>A valid network with odd sizes: that fill no register, with one token a chunk, one chunk, many heads, many classes. Of either form.</summary>
    public static TlbConfig Network(Random random)
    {
        var config = random.Next(2) == 0 ? KerasExample(random) : Paper(random);
        return config with
        {
            NumberOfClasses = random.Next(4) == 0 ? random.Next(2, 200) : random.Next(2, 12),
            AttentionDropout = random.Next(3) == 0 ? random.NextSingle() * 0.9f : 0,
            FeedForwardDropout = random.Next(3) == 0 ? random.NextSingle() * 0.9f : 0,
        };
    }

    /// <summary>Weights of a network, no two alike.</summary>
    public static NetworkWeights Weights(TlbConfig config, Random random)
    {
        var weights = NetworkWeights.Initialize(config, random.Next());
        foreach (ref var value in weights.Values.AsSpan())
            value += 0.3f * (random.NextSingle() - 0.5f);
        return weights;
    }

    /// <summary>Images for a network: bytes or floats, of its size or another.</summary>
    public static ImageBatch Images(TlbConfig config, int count, Random random)
    {
        var layout = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize };
        if (random.Next(2) == 0)
            layout = layout with { Height = random.Next(1, 40), Width = random.Next(1, 40) };
        if (random.Next(2) == 0)
            layout = layout with { PixelType = PixelType.Single, Scale = 1 };
        return Augmentations.RandomBatch(layout, count, random.Next(), config.NumberOfClasses);
    }

    private static TlbConfig KerasExample(Random random)
    {
        int patch = random.Next(1, 5), grid = random.Next(1, 6);
        int[] chunks = [.. Enumerable.Range(1, grid * grid).Where(size => grid * grid % size == 0)];
        return new()
        {
            ImageSize = patch * grid,
            PatchSize = patch,
            EmbeddingDimension = random.Next(1, 26),
            ChunkSize = chunks[random.Next(chunks.Length)],
            R = random.Next(1, 5),
            NumberOfLayers = random.Next(1, 4),
            NumberOfHeads = Heads(random),
            FeedForwardExpansion = random.Next(1, 6),
        };
    }

    /// <summary>The paper's form: chunks that do not divide the tokens, and images whose size convolutions do not halve evenly.</summary>
    private static TlbConfig Paper(Random random)
    {
        int grid = random.Next(1, 6), tokens = grid * grid, heads = Heads(random), r = random.Next(1, 4);
        var config = new TlbConfig
        {
            Form = TlbForm.Paper,
            EmbeddingDimension = heads * random.Next(1, Math.Max(2, 26 / heads)),
            Positions = Any<PositionKind>(random),
            ChunkSize = random.Next(1, tokens + 1),
            ChunkOrder = Any<ChunkOrder>(random),
            NumberOfStates = random.Next(4) == 0 ? random.Next(1, 40) : random.Next(1, 6),
            StateKind = Any<StateKind>(random),
            R = r,
            NumberOfLayers = r + random.Next(1, 4),
            NumberOfHeads = heads,
            FeedForwardExpansion = random.Next(1, 6),
            ReadOut = Any<ReadOutKind>(random),
        };
        if (random.Next(2) == 0)
        {
            var patch = random.Next(1, 5);
            return config with { ImageSize = patch * grid, PatchSize = patch };
        }
        var layers = random.Next(1, 4);
        return config with
        {
            Tokenizer = TokenizerKind.Convolutions,
            ImageSize = (grid << layers) - random.Next(1 << layers),
            ConvolutionLayers = layers,
            ConvolutionPairs = random.Next(layers + 1),
            ConvolutionKernel = 2 * random.Next(4) + 1,
            ConvolutionChannels = random.Next(1, 20),
            ConvolutionPooling = random.Next(2, 4),
        };
    }

    private static int Heads(Random random) => random.Next(4) == 0 ? random.Next(1, 40) : random.Next(1, 4);

    private static T Any<T>(Random random) where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];
}
