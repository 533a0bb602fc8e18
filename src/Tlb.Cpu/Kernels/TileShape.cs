namespace Tlb.Cpu;

/// <summary>The sizes of a network's activations for a tile of images, in columns of features of lanes.</summary>
internal sealed class TileShape
{
    /// <summary>The columns that go through a layer together, close to the core: as many as <see cref="MatMul"/> takes at once.</summary>
    public const int Pair = 2;

    private readonly NetworkPlan _plan;
    private readonly bool _sharesKeys;

    /// <summary>Works out the sizes for a network.</summary>
    /// <param name="config">The network.</param>
    /// <param name="lanes">The lanes.</param>
    public TileShape(TlbConfig config, int lanes)
    {
        (Config, Lanes, _plan) = (config, lanes, new(config));
        var (d, width) = (config.EmbeddingDimension, config.NumberOfHeads * (long)_plan.HeadDimension);
        _sharesKeys = _plan.HasWideHeads;                                    // tokens are then their own keys and values, for all heads
        Tokens = config.ChunkSize;
        // State vectors that grow the same, exactly: one stands for all.
        StatesAreOne = _plan.StatesStayEqual;
        States = StatesAreOne ? 1 : _plan.StateCount;
        Features = d;
        Stride = Floats(d);
        ProbeStride = Floats(width);
        ReadStride = Floats(width + (_sharesKeys ? config.NumberOfHeads : 0));
        WideStride = Floats(config.FeedForwardExpansion * (long)d);
        PatchStride = Floats(config.PatchSize * (long)config.PatchSize * TlbConfig.Channels);
        PooledStride = Floats(config.ReadOutWidth);
        LogitStride = Floats(config.NumberOfClasses);

        int Floats(long features) => checked((int)(PackedMatrix.Pad(features) * lanes));
    }

    /// <summary>The sizes for a network that is scored with: nothing is dropped.</summary>
    /// <param name="config">The network.</param>
    /// <param name="lanes">The lanes.</param>
    public static TileShape ForScoring(TlbConfig config, int lanes) => new(config with { AttentionDropout = 0, FeedForwardDropout = 0 }, lanes);

    public TlbConfig Config { get; }

    /// <summary>The lanes of a register.</summary>
    public int Lanes { get; }

    /// <summary>K, the tokens of a chunk; of the last one maybe fewer.</summary>
    public int Tokens { get; }

    /// <summary>The state vectors that are told apart.</summary>
    public int States { get; }

    /// <summary>The most columns that go through a block: tokens of a chunk, or state vectors.</summary>
    public int Vectors => Math.Max(Tokens, States);

    /// <summary>Whether one state vector stands for all.</summary>
    public bool StatesAreOne { get; }

    /// <summary>D, the features of a token.</summary>
    public int Features { get; }

    /// <summary>The floats of a column of D features.</summary>
    public int Stride { get; }

    /// <summary>The floats of a column of probes, of all heads.</summary>
    public int ProbeStride { get; }

    /// <summary>The floats of a column of what all heads read.</summary>
    public int ReadStride { get; }

    /// <summary>The floats of a column of a feed-forward layer's hidden features.</summary>
    public int WideStride { get; }

    /// <summary>The floats of a patch.</summary>
    public int PatchStride { get; }

    /// <summary>The floats of what the classes are read from.</summary>
    public int PooledStride { get; }

    /// <summary>The floats of the logits of all classes.</summary>
    public int LogitStride { get; }

    /// <summary>The floats that a scoring pass takes beside its images.</summary>
    /// <param name="isSingle">Whether lanes are tokens of one image; else they are images.</param>
    public long ScoringFloats(bool isSingle)
    {
        int tokens = Columns(Tokens), states = Columns(States);
        var tokenizer = Config.Tokenizer == TokenizerKind.Patches ? Times(Pair, PatchStride)
            : isSingle ? ConvolutionFloats.OneImage(Config, Lanes) : ConvolutionFloats.Forward(Config, Lanes, keepWinners: false);
        return checked(
            tokenizer + 2 * Times(tokens, Stride) + 2 * Times(states, Stride) + Stride + ProjectedFloats(Columns(Vectors))
            + Times(Pair, Stride) + Times(Pair, ProbeStride) + Times(Pair, ReadStride) + Times(Pair, WideStride)
            + ProbabilityFloats(Pair, Vectors) + ProbabilityFloats(states, Tokens)
            + (Config.ReadsTokens ? Times(Columns(Config.TokenCount), Stride) + Times(Config.TokenCount, Lanes) : 0)
            + PooledStride + LogitStride);

        int Columns(int vectors) => isSingle ? (vectors + Lanes - 1) / Lanes : vectors;
    }

    /// <summary>The floats that a tile takes in training beside its images: what every chunk keeps, and what comes and goes.</summary>
    public long TrainingFloats
    {
        get
        {
            var last = Math.Max(0, Config.ChunkCount - 1);
            return checked(
                last * ChunkFloats(Tokens, updatesState: true) + ChunkFloats(Config.TokensOf(last), Config.ReadsFinalState)
                + TokenizerFloats + ForwardFloats + BackwardFloats);
        }
    }

    /// <summary>The floats of the gradient of a layer's output as <see cref="WeightGradient"/> turns it round, for the widest layer of all.</summary>
    public long TransposedFloats => checked(Math.Max(
        Times(Vectors, Lanes) * GradientLayout.Pad(Math.Max(Config.NumberOfHeads * _plan.HeadDimension, Config.FeedForwardExpansion * Features)),
        (long)Lanes * GradientLayout.Pad(Config.NumberOfClasses)));

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

    /// <summary>What the tokenizer keeps of all tokens, and needs on the way back.</summary>
    private long TokenizerFloats => checked(Config.Tokenizer == TokenizerKind.Patches
        ? Times(Config.TokenCount, PatchStride) + Times(Tokens, Lanes) * GradientLayout.Pad(Features)
        : ConvolutionFloats.Forward(Config, Lanes, keepWinners: true) + ConvolutionFloats.Backward(Config, Lanes) + Times(Config.TokenCount, Stride));

    private long ForwardFloats => checked(
        Times(Tokens, Stride) + Times(States, Stride) + Times(Pair, Stride) + Times(Pair, WideStride) + Times(Vectors, Lanes) + PooledStride + LogitStride
        + (Config.ReadsTokens ? LayerNormFloats(Config.TokenCount) + Stride + Times(Config.TokenCount, Lanes) : 0)
        + (Config.ReadsFinalState ? LayerNormFloats(States) : 0));

    private long BackwardFloats => checked(
        2 * Times(Tokens, Stride) + 2 * Times(States, Stride) + 2 * Times(Vectors, Stride) + ProjectedFloats(Vectors)
        + Times(Vectors, ProbeStride) + Times(Vectors, ReadStride) + Times(Vectors, WideStride) + ProbabilityFloats(Vectors, Vectors)
        + (Config.ReadsTokens ? Times(Config.TokenCount, Stride) + Times(Config.TokenCount, Lanes) : 0)
        + PooledStride + TransposedFloats);

    /// <summary>What a chunk keeps for the backward pass, <see cref="ChunkRecord"/>.</summary>
    private long ChunkFloats(int tokens, bool updatesState)
    {
        var floats = Config.NormalizesTokens ? LayerNormFloats(tokens) : 0;
        foreach (var (block, normalizesQueries, normalizesContext) in FoldedBlock.Normalizations(updatesState ? _plan.Blocks : _plan.Fast))
        {
            int queries = Columns(block.Attention.Queries), keys = Columns(block.Attention.Context);
            var readsOne = StatesAreOne && block.Attention.Context == TokenStream.Slow;
            floats = checked(
                floats + (normalizesContext ? LayerNormFloats(keys) : 0) + (normalizesQueries && !readsOne ? LayerNormFloats(queries) : 0)
                + AttentionFloats(readsOne ? 1 : queries, keys) + LayerNormFloats(queries) + Times(queries, WideStride));
        }
        return floats;

        int Columns(TokenStream stream) => stream == TokenStream.Slow ? States : tokens;
    }

    private long LayerNormFloats(int columns) => checked(Times(columns, Stride) + Times(columns, Lanes));

    private long AttentionFloats(int queries, int keys) =>
        checked(Times(queries, ProbeStride) + ProjectedFloats(keys) + ProbabilityFloats(queries, keys) + Times(queries, ReadStride));

    /// <summary>The floats of keys and values, where tokens are not their own.</summary>
    private long ProjectedFloats(int columns) => _sharesKeys ? 0 : 2 * Times(columns, Stride);

    private static long Times(int columns, int stride) => (long)columns * stride;

    /// <summary>An attention of some columns to others.</summary>
    public AttentionShape Attention(int queries, int keys) =>
        new(queries, keys, Config.NumberOfHeads, _plan.HeadDimension, _sharesKeys, ProbeStride, Stride, ReadStride);

    /// <summary>Sequence pooling: an attention of one head whose one query is the same for all images.</summary>
    public AttentionShape Pooling() => new(1, Config.TokenCount, 1, Features, SharesKeys: false, Stride, Stride, Stride);
}
