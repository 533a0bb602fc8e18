namespace Tlb.Cpu;

/// <summary>The sizes of a network's activations for a tile of images, in columns of features of lanes.</summary>
internal sealed class TileShape
{
    /// <summary>The columns that go through a layer together, close to the core: as many as <see cref="MatMul"/> takes at once.</summary>
    public const int Pair = 2;

    /// <summary>Works out the sizes for a network.</summary>
    /// <param name="config">The network.</param>
    /// <param name="lanes">The lanes.</param>
    public TileShape(TlbConfig config, int lanes)
    {
        (Config, Lanes) = (config, lanes);
        var (d, heads) = (config.EmbeddingDimension, config.NumberOfHeads);
        Tokens = config.ChunkSize;
        // Without dropout the state vectors grow the same, exactly, from the zero state: one stands for all.
        States = config is { AttentionDropout: 0, FeedForwardDropout: 0 } ? 1 : config.ChunkSize;
        Features = d;
        Stride = Floats(d);
        ProbeStride = Floats(heads * (long)d);
        ReadStride = Floats(heads * (long)d + heads);
        WideStride = Floats(TlbConfig.FeedForwardExpansion * (long)d);
        PatchStride = Floats(config.PatchSize * (long)config.PatchSize * TlbConfig.Channels);
        LogitStride = Floats(config.NumberOfClasses);

        int Floats(long features) => checked((int)(PackedMatrix.Pad(features) * lanes));
    }

    public TlbConfig Config { get; }

    /// <summary>The lanes of a register.</summary>
    public int Lanes { get; }

    /// <summary>K, the tokens of a chunk.</summary>
    public int Tokens { get; }

    /// <summary>The state vectors that training tells apart.</summary>
    public int States { get; }

    /// <summary>D, the features of a token.</summary>
    public int Features { get; }

    /// <summary>The floats of a column of D features.</summary>
    public int Stride { get; }

    /// <summary>The floats of a column of probes, heads x D.</summary>
    public int ProbeStride { get; }

    /// <summary>The floats of a column of what was read, heads x D + heads.</summary>
    public int ReadStride { get; }

    /// <summary>The floats of a column of 4 D features.</summary>
    public int WideStride { get; }

    /// <summary>The floats of a patch.</summary>
    public int PatchStride { get; }

    /// <summary>The floats of the logits of all classes.</summary>
    public int LogitStride { get; }

    /// <summary>The floats that a scoring pass takes beside its images.</summary>
    /// <param name="columns">The columns of the fast stream.</param>
    public long ScoringFloats(int columns) => checked(
        2 * Times(columns, Stride) + 3L * Stride
        + Times(Pair, PatchStride) + Times(Pair, Stride) + Times(Pair, ProbeStride) + Times(Pair, ReadStride) + Times(Pair, WideStride)
        + ProbabilityFloats(Pair, Tokens) + LogitStride);

    /// <summary>The floats that a tile takes in training beside its images: what every chunk keeps, and what comes and goes.</summary>
    public long TrainingFloats
    {
        get
        {
            var (blocks, readers) = (Config.BlockCount, (Config.BlockCount + Config.R - 1) / Config.R);
            return checked(Config.ChunkCount * (ChunkFloats + blocks * BlockFloats + readers * ReaderFloats) + ForwardFloats + BackwardFloats);
        }
    }

    /// <summary>The floats of the gradient of a layer's output as <see cref="WeightGradient"/> turns it round, for the widest layer of all.</summary>
    public long TransposedFloats => Math.Max(
        Times(Tokens, Lanes) * GradientLayout.Pad(Math.Max(Config.NumberOfHeads, TlbConfig.FeedForwardExpansion) * Features),
        (long)Lanes * GradientLayout.Pad(Config.NumberOfClasses));

    /// <summary>The floats of images, at their own size and at the network's: they are resized, or augmented and mixed.</summary>
    /// <param name="config">The network.</param>
    /// <param name="layout">The images.</param>
    /// <param name="lanes">The lanes.</param>
    public static long ImageFloats(TlbConfig config, ImageLayout layout, int lanes)
    {
        var own = config.ImageSize * (long)config.ImageSize * TlbConfig.Channels;
        return checked((own + Math.Max(own, layout.ValueCount)) * lanes);
    }

    /// <summary>The floats of probabilities, [queries][heads][keys].</summary>
    public long ProbabilityFloats(int queries, int keys) => checked((long)queries * Config.NumberOfHeads * keys * Lanes);

    /// <summary>What the forward pass needs of a chunk beside the blocks, <see cref="ChunkRecord"/>.</summary>
    private long ChunkFloats => checked(
        Times(Tokens, PatchStride) + 2 * LayerNormFloats(Tokens) + LayerNormFloats(States) + AttentionFloats(States, Tokens) + FeedForwardFloats(States));

    /// <summary>What it needs of a block, <see cref="BlockRecord"/>.</summary>
    private long BlockFloats => checked(LayerNormFloats(Tokens) + AttentionFloats(Tokens, Tokens) + FeedForwardFloats(Tokens));

    /// <summary>What it needs more of a block that reads the state.</summary>
    private long ReaderFloats => checked(
        (States > 1 ? LayerNormFloats(Tokens) + AttentionFloats(Tokens, States) : AttentionFloats(1, States)) + FeedForwardFloats(Tokens));

    private long ForwardFloats => checked(
        Times(Tokens, Stride) + Times(States, Stride) + Times(Pair, Stride) + Times(Pair, WideStride) + Stride + LogitStride + Times(Tokens, Lanes));

    private long BackwardFloats => checked(
        4 * Times(Tokens, Stride) + 2 * Times(States, Stride) + Times(Tokens, ProbeStride) + Times(Tokens, ReadStride) + Times(Tokens, WideStride)
        + TransposedFloats + 2 * Times(Tokens, Lanes));

    private long LayerNormFloats(int columns) => checked(Times(columns, Stride) + Times(columns, Lanes));

    private long AttentionFloats(int queries, int keys) => checked(Times(queries, ProbeStride) + ProbabilityFloats(queries, keys) + Times(queries, ReadStride));

    private long FeedForwardFloats(int columns) => checked(LayerNormFloats(columns) + Times(columns, WideStride));

    private static long Times(int columns, int stride) => (long)columns * stride;

    /// <summary>An attention of some columns to others.</summary>
    public AttentionShape Attention(int queries, int keys) =>
        new(queries, keys, Config.NumberOfHeads, Features, ProbeStride, Stride, ReadStride);
}
