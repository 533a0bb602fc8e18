namespace Tlb.Cpu;

/// <summary>What the forward pass of a chunk keeps for the backward pass.</summary>
internal sealed unsafe class ChunkRecord
{
    public ChunkRecord(TileShape shape, WorkMemory memory)
    {
        var config = shape.Config;
        Patches = memory.Allocate(shape.Tokens, shape.PatchStride);
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
