namespace Tlb.Cpu;

/// <summary>The sizes of a network's activations for a tile of images, in columns of features of lanes.</summary>
internal sealed class TileShape
{
    /// <summary>The columns that go through a layer together, close to the core: as many as <see cref="MatMul"/> takes at once.</summary>
    public const int Pair = 2;

    private readonly int _headWidth;
    private readonly bool _sharesKeys;

    /// <summary>Works out the sizes for a network.</summary>
    /// <param name="config">The network.</param>
    /// <param name="lanes">The lanes.</param>
    public TileShape(TlbConfig config, int lanes)
    {
        (Config, Lanes) = (config, lanes);
        var plan = new NetworkPlan(config);
        var (d, heads) = (config.EmbeddingDimension, config.NumberOfHeads);
        (_headWidth, _sharesKeys) = (plan.HeadDimension, FoldedAttention.SharesKeys(plan));
        Tokens = config.ChunkSize;
        // State vectors that grow the same, exactly: one stands for all.
        StatesAreOne = plan.StatesStayEqual;
        States = StatesAreOne ? 1 : plan.StateCount;
        Features = d;
        Stride = PackedMatrix.Pad(d) * lanes;
        ProbeStride = PackedMatrix.Pad(heads * _headWidth) * lanes;
        ReadStride = PackedMatrix.Pad(heads * _headWidth + (_sharesKeys ? heads : 0)) * lanes;
        WideStride = PackedMatrix.Pad(config.FeedForwardExpansion * d) * lanes;
    }

    public TlbConfig Config { get; }

    /// <summary>The lanes of a register.</summary>
    public int Lanes { get; }

    /// <summary>K, the tokens of a chunk; of the last one maybe fewer.</summary>
    public int Tokens { get; }

    /// <summary>The state vectors that are told apart.</summary>
    public int States { get; }

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

    /// <summary>An attention of some columns to others.</summary>
    public AttentionShape Attention(int queries, int keys) =>
        new(queries, keys, Config.NumberOfHeads, _headWidth, _sharesKeys, ProbeStride, Stride, ReadStride);

    /// <summary>Sequence pooling: an attention of one head whose one query is the same for all images.</summary>
    public AttentionShape Pooling() => new(1, Config.TokenCount, 1, Features, SharesKeys: false, Stride, Stride, Stride);
}
