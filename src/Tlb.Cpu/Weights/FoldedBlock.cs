namespace Tlb.Cpu;

/// <summary>The weights of a two-stream block, folded.</summary>
internal sealed class FoldedBlock : IDisposable
{
    public FoldedBlock(TlbConfig config, string name, bool readsState, GradientLayout? gradients)
    {
        Fast = new(config, $"{name}.fast", gradients);
        Slow = readsState ? new(config, $"{name}.slow", gradients) : null;
        FeedForward = new(config, $"{name}.ffn", gradients);
    }

    /// <summary>The attention among the tokens of the fast stream; in the bottleneck that of the state to them.</summary>
    public FoldedAttention Fast { get; }

    /// <summary>The attention to the state, where the block has one.</summary>
    public FoldedAttention? Slow { get; }

    /// <summary>The feed-forward layer after either.</summary>
    public FoldedFeedForward FeedForward { get; }

    public void Fold(NetworkWeights weights)
    {
        Fast.Fold(weights);
        Slow?.Fold(weights);
        FeedForward.Fold(weights);
    }

    public void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        Fast.Unfold(weights, gradients, target);
        Slow?.Unfold(weights, gradients, target);
        FeedForward.Unfold(weights, gradients, target);
    }

    public void Dispose()
    {
        Fast.Dispose();
        Slow?.Dispose();
        FeedForward.Dispose();
    }
}
