using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>
/// A Transformer block whose self-attention and attention to the state share one feed-forward layer (the Keras example's
/// <c>AttentionWithFFN</c>).
/// </summary>
public sealed class TwoStreamBlock
{
    private readonly Attention _fast;
    private readonly Attention? _slow;
    private readonly FeedForward _feedForward;

    /// <summary>Takes the weights under <c>{name}.fast</c>, <c>{name}.slow</c> and <c>{name}.ffn</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="name">The block's name.</param>
    /// <param name="readsState">Whether the block attends to the state too. Only then it has weights for that.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public TwoStreamBlock(TlbConfig config, WeightTensors weights, string name, bool readsState, NetworkDropout? dropout)
    {
        _fast = new(config, weights, $"{name}.fast", dropout?.Attention);
        _slow = readsState ? new(config, weights, $"{name}.slow", dropout?.Attention) : null;
        _feedForward = new(config, weights, $"{name}.ffn", dropout?.FeedForward);
    }

    /// <summary>Attention among or to tokens of the fast stream, then the feed-forward layer.</summary>
    /// <param name="query">[B, T, D].</param>
    /// <param name="context">[B, S, D].</param>
    /// <returns>[B, T, D], and the attention probabilities, [B, H, T, S].</returns>
    public (Tensor Output, Tensor Scores) Attend(Tensor query, Tensor context) => WithFeedForward(_fast.Forward(query, context));

    /// <summary>Attention to the state where the block reads it, then the feed-forward layer.</summary>
    /// <param name="fast">[B, K, D].</param>
    /// <param name="state">[B, K, D].</param>
    /// <returns>[B, K, D]; <paramref name="fast"/> itself where the block does not read the state.</returns>
    public Tensor ReadState(Tensor fast, Tensor state) => _slow is null ? fast : WithFeedForward(_slow.Forward(fast, state)).Output;

    private (Tensor Output, Tensor Scores) WithFeedForward((Tensor Output, Tensor Scores) attended) =>
        (_feedForward.Forward(attended.Output), attended.Scores);
}
