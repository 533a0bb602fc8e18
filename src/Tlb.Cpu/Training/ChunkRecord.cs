namespace Tlb.Cpu;

/// <summary>What the forward pass of a chunk keeps for the backward pass.</summary>
internal sealed unsafe class ChunkRecord
{
    public ChunkRecord(TileShape shape, WorkMemory memory)
    {
        var config = shape.Config;
        Patches = memory.Take(shape.Tokens * shape.PatchStride);
        Tokens = new(shape, memory, shape.Tokens);
        State = new(shape, memory, shape.States);
        Blocks = [.. Enumerable.Range(0, config.BlockCount).Select(i => new BlockRecord(shape, memory, config.ReadsState(i)))];
        Fast = new(shape, memory, shape.Tokens);
        Bottleneck = new(shape, memory, shape.States, shape.Tokens);
        BottleneckFeedForward = new(shape, memory, shape.States);
    }

    /// <summary>The patches, [K][P, P, 3].</summary>
    public float* Patches { get; }

    /// <summary>The embedded tokens, normalised.</summary>
    public LayerNormRecord Tokens { get; }

    /// <summary>The state before the chunk, normalised.</summary>
    public LayerNormRecord State { get; }

    /// <summary>The blocks of the fast stream.</summary>
    public BlockRecord[] Blocks { get; }

    /// <summary>What the fast stream made of the chunk, normalised.</summary>
    public LayerNormRecord Fast { get; }

    /// <summary>The state's attention to it.</summary>
    public AttentionRecord Bottleneck { get; }

    /// <summary>The state's feed-forward layer.</summary>
    public FeedForwardRecord BottleneckFeedForward { get; }
}

/// <summary>Columns after a normalisation.</summary>
internal sealed unsafe class LayerNormRecord(TileShape shape, WorkMemory memory, int columns)
{
    /// <summary>[columns][D].</summary>
    public float* Normed { get; } = memory.Take(columns * shape.Stride);

    /// <summary>1 / standard deviation, [columns].</summary>
    public float* Inverse { get; } = memory.Take(columns * shape.Lanes);
}

/// <summary>An attention. The normalised queries and context are kept elsewhere.</summary>
internal sealed unsafe class AttentionRecord(TileShape shape, WorkMemory memory, int queries, int keys)
{
    /// <summary>[queries][heads x D].</summary>
    public float* Probes { get; } = memory.Take(queries * shape.ProbeStride);

    /// <summary>[queries][heads][keys].</summary>
    public float* Probabilities { get; } = memory.Take(queries * shape.Config.NumberOfHeads * keys * shape.Lanes);

    /// <summary>[queries][heads x D + heads].</summary>
    public float* Read { get; } = memory.Take(queries * shape.ReadStride);
}

/// <summary>A feed-forward layer.</summary>
internal sealed unsafe class FeedForwardRecord(TileShape shape, WorkMemory memory, int columns)
{
    /// <summary>Its input, normalised.</summary>
    public LayerNormRecord Input { get; } = new(shape, memory, columns);

    /// <summary>What goes into the GELU, [columns][4 D].</summary>
    public float* Wide { get; } = memory.Take(columns * shape.WideStride);
}

/// <summary>A block of the fast stream.</summary>
internal sealed class BlockRecord
{
    public BlockRecord(TileShape shape, WorkMemory memory, bool readsState)
    {
        FastInput = new(shape, memory, shape.Tokens);
        Fast = new(shape, memory, shape.Tokens, shape.Tokens);
        FastFeedForward = new(shape, memory, shape.Tokens);
        if (!readsState)
            return;
        // One state vector is read whole, whatever the query: there are no queries to keep then.
        SlowInput = shape.States > 1 ? new(shape, memory, shape.Tokens) : null;
        Slow = new(shape, memory, shape.States > 1 ? shape.Tokens : 1, shape.States);
        SlowFeedForward = new(shape, memory, shape.Tokens);
    }

    public LayerNormRecord FastInput { get; }

    public AttentionRecord Fast { get; }

    public FeedForwardRecord FastFeedForward { get; }

    public LayerNormRecord? SlowInput { get; }

    public AttentionRecord? Slow { get; }

    public FeedForwardRecord? SlowFeedForward { get; }
}
