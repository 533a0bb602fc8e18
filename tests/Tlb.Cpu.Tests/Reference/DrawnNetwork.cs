using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>A network drawn at random, and what it is fed with. The same number gives the same draw.</summary>
internal sealed class DrawnNetwork
{
    private readonly Random _random;

    /// <summary>Draws.</summary>
    /// <param name="draw">The number of the draw.</param>
    /// <param name="form">The form of the network.</param>
    /// <param name="widest">The most features, 8 or more; the least are 6. Fewer make normalisations steep where features are nearly alike: rounding would show as errors.</param>
    /// <param name="largestGrid">The most tokens along a side, 2 or more.</param>
    public DrawnNetwork(int draw, TlbForm form, int widest = 24, int largestGrid = 6)
    {
        _random = new(Scatter(draw));
        Config = form == TlbForm.Paper ? Paper(widest, largestGrid) : KerasExample(widest, largestGrid);
        Weights = TestConfigs.RandomWeights(Config, draw, noise: 0.4f);      // attention that is far from even
    }

    /// <summary>Networks of all forms: the number of a draw and a form.</summary>
    /// <param name="draws">The numbers.</param>
    public static TheoryData<int, TlbForm> OfAllForms(params IEnumerable<int> draws)
    {
        var data = new TheoryData<int, TlbForm>();
        foreach (var form in Enum.GetValues<TlbForm>())
            foreach (var draw in draws)
                data.Add(draw, form);
        return data;
    }

    public TlbConfig Config { get; }

    public NetworkWeights Weights { get; }

    /// <summary>Images as the network reads them: floats of its own size between 0 and 1.</summary>
    public ImageBatch Images(int count)
    {
        var layout = new ImageLayout { Height = Config.ImageSize, Width = Config.ImageSize, PixelType = PixelType.Single, Scale = 1 };
        return Augmentations.RandomBatch(layout, count, _random.Next(), Config.NumberOfClasses);
    }

    /// <summary>Numbers between -1 and 1: a chunk or what multiplies it, [K, D].</summary>
    public double[,] Tokens() => Numbers(Config.ChunkSize);

    /// <summary>Numbers between -1 and 1: a state or what multiplies it, [V, D].</summary>
    public double[,] States() => Numbers(Config.Form == TlbForm.Paper ? Config.NumberOfStates : Config.ChunkSize);

    /// <summary>The values of an image, [S, S, 3].</summary>
    public static float[] Values(ImageBatch batch, int index) => MemoryMarshal.Cast<byte, float>(batch.Image(index)).ToArray();

    /// <summary>Values as [rows, D].</summary>
    public static double[,] Matrix(float[] values, TlbConfig config)
    {
        var matrix = new double[values.Length / config.EmbeddingDimension, config.EmbeddingDimension];
        for (var i = 0; i < values.Length; i++)
            matrix[i / config.EmbeddingDimension, i % config.EmbeddingDimension] = values[i];
        return matrix;
    }

    private double[,] Numbers(int rows) => Matrix([.. Enumerable.Range(0, rows * Config.EmbeddingDimension).Select(_ => 2 * _random.NextSingle() - 1)], Config);

    private TlbConfig KerasExample(int widest, int largestGrid)
    {
        int patch = _random.Next(1, 5), grid = _random.Next(2, largestGrid + 1), tokens = grid * grid;
        // Mostly several chunks of several tokens: one token gets all the attention whatever asks, and after one chunk nobody reads the state.
        var isExtreme = _random.Next(8) == 0;
        int[] chunks = [.. Enumerable.Range(1, tokens).Where(size => tokens % size == 0 && (size == 1 || size == tokens) == isExtreme)];
        return new()
        {
            ImageSize = patch * grid,
            PatchSize = patch,
            EmbeddingDimension = _random.Next(6, widest + 1),
            ChunkSize = chunks[_random.Next(chunks.Length)],
            R = _random.Next(1, 5),
            NumberOfLayers = _random.Next(1, 5),
            NumberOfHeads = _random.Next(1, 4),
            NumberOfClasses = _random.Next(2, 12),
        };
    }

    private TlbConfig Paper(int widest, int largestGrid)
    {
        int grid = _random.Next(2, largestGrid + 1), tokens = grid * grid, heads = _random.Next(1, 4), r = _random.Next(1, 4);
        var config = new TlbConfig
        {
            Form = TlbForm.Paper,
            EmbeddingDimension = heads * _random.Next((5 + heads) / heads, widest / heads + 1),
            Positions = Any<PositionKind>(),
            // Often one that does not divide the tokens, at times one chunk of all.
            ChunkSize = _random.Next(8) == 0 ? tokens : _random.Next(1, tokens),
            ChunkOrder = Any<ChunkOrder>(),
            NumberOfStates = _random.Next(1, 6),
            StateKind = Any<StateKind>(),
            R = r,
            NumberOfLayers = r + _random.Next(1, 4),
            NumberOfHeads = heads,
            FeedForwardExpansion = _random.Next(1, 5),
            ReadOut = Any<ReadOutKind>(),
            NumberOfClasses = _random.Next(2, 12),
        };
        if (_random.Next(2) == 0)
        {
            var patch = _random.Next(1, 5);
            return config with { ImageSize = patch * grid, PatchSize = patch };
        }
        var layers = _random.Next(1, 3);
        return config with
        {
            Tokenizer = TokenizerKind.Convolutions,
            ImageSize = (grid << layers) - _random.Next(1 << layers),        // also sizes that halve to a fraction
            ConvolutionLayers = layers,
            ConvolutionPairs = _random.Next(layers + 1),
            ConvolutionKernel = 2 * _random.Next(3) + 1,
            ConvolutionChannels = _random.Next(1, 11),
            ConvolutionPooling = _random.Next(2, 4),
        };
    }

    /// <summary>A number that looks nothing like that of the next draw: .NET's seeds draw alike where they are close or multiples. The end of MurmurHash3.</summary>
    private static int Scatter(int draw)
    {
        var bits = (uint)draw;
        bits = (bits ^ (bits >> 16)) * 0x85EBCA6B;
        bits = (bits ^ (bits >> 13)) * 0xC2B2AE35;
        return (int)(bits ^ (bits >> 16));
    }

    private T Any<T>() where T : struct, Enum => Enum.GetValues<T>()[_random.Next(Enum.GetValues<T>().Length)];
}
