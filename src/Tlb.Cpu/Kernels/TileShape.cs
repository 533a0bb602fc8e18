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
        Stride = PackedMatrix.Pad(d) * lanes;
        ProbeStride = PackedMatrix.Pad(heads * d) * lanes;
        ReadStride = PackedMatrix.Pad(heads * d + heads) * lanes;
        WideStride = PackedMatrix.Pad(config.FeedForwardExpansion * d) * lanes;
        PatchStride = PackedMatrix.Pad(config.PatchSize * config.PatchSize * TlbConfig.Channels) * lanes;
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

    /// <summary>An attention of some columns to others.</summary>
    public AttentionShape Attention(int queries, int keys) =>
        new(queries, keys, Config.NumberOfHeads, Features, ProbeStride, Stride, ReadStride);
}
