using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>A network drawn at random, and what it is fed with. The same number gives the same draw.</summary>
internal sealed class DrawnNetwork
{
    private readonly Random _random;

    /// <summary>Draws.</summary>
    /// <param name="draw">The number of the draw.</param>
    /// <param name="widest">The most features, 4 or more. Fewer make normalisations steep where features are nearly alike: rounding would show as errors.</param>
    /// <param name="largestGrid">The most patches along a side, 2 or more.</param>
    public DrawnNetwork(int draw, int widest = 24, int largestGrid = 6)
    {
        _random = new(1_000_003 * draw);                                     // seeds that are close draw alike
        int patch = _random.Next(1, 5), grid = _random.Next(2, largestGrid + 1), tokens = grid * grid;
        // Mostly several chunks of several tokens: one token gets all the attention whatever asks, and after one chunk nobody reads the state.
        var isExtreme = _random.Next(8) == 0;
        int[] chunks = [.. Enumerable.Range(1, tokens).Where(size => tokens % size == 0 && (size == 1 || size == tokens) == isExtreme)];
        Config = new()
        {
            ImageSize = patch * grid,
            PatchSize = patch,
            EmbeddingDimension = _random.Next(4, widest + 1),
            ChunkSize = chunks[_random.Next(chunks.Length)],
            R = _random.Next(1, 5),
            NumberOfLayers = _random.Next(1, 5),
            NumberOfHeads = _random.Next(1, 4),
            NumberOfClasses = _random.Next(2, 12),
        };
        Weights = TestConfigs.RandomWeights(Config, draw, noise: 0.4f);      // attention that is far from even
    }

    public TlbConfig Config { get; }

    public NetworkWeights Weights { get; }

    /// <summary>Images as the network reads them: floats of its own size between 0 and 1.</summary>
    public ImageBatch Images(int count)
    {
        var layout = new ImageLayout { Height = Config.ImageSize, Width = Config.ImageSize, PixelType = PixelType.Single, Scale = 1 };
        return Augmentations.RandomBatch(layout, count, _random.Next(), Config.NumberOfClasses);
    }

    /// <summary>Numbers between -1 and 1: a chunk, a state or what multiplies either, [K, D].</summary>
    public double[,] Tokens() => Matrix([.. Enumerable.Range(0, Config.ChunkSize * Config.EmbeddingDimension).Select(_ => 2 * _random.NextSingle() - 1)], Config);

    /// <summary>The values of an image, [S, S, 3].</summary>
    public static float[] Values(ImageBatch batch, int index) => MemoryMarshal.Cast<byte, float>(batch.Image(index)).ToArray();

    /// <summary>Values as [K, D].</summary>
    public static double[,] Matrix(float[] values, TlbConfig config)
    {
        var matrix = new double[config.ChunkSize, config.EmbeddingDimension];
        for (var i = 0; i < values.Length; i++)
            matrix[i / config.EmbeddingDimension, i % config.EmbeddingDimension] = values[i];
        return matrix;
    }
}
