namespace Tlb.Cpu;

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
