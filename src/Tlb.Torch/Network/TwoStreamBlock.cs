using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>
/// A Transformer block whose self-attention and attention to the state share one feed-forward layer (the Keras example's
/// <c>AttentionWithFFN</c>).
/// </summary>
internal sealed class TwoStreamBlock
{
    private readonly LayerNorm _norm;
    private readonly Attention _fast;
    private readonly Attention? _slow;
    private readonly FeedForward _feedForward;
    private readonly bool _drops;

    /// <summary>Takes the weights under <c>{name}.fast</c>, <c>{name}.slow</c> and <c>{name}.ffn</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="name">The block's name.</param>
    /// <param name="readsState">Whether the block attends to the state too. Only then it has weights for that.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public TwoStreamBlock(TlbConfig config, FoldedWeights weights, string name, bool readsState, NetworkDropout? dropout)
    {
        _norm = new(config);
        _fast = new(config, weights, $"{name}.fast", dropout?.Attention);
        _slow = readsState ? new(config, weights, $"{name}.slow", dropout?.Attention) : null;
        _feedForward = new(config, weights, $"{name}.ffn", dropout?.FeedForward);
        _drops = dropout is not null;
    }

    /// <summary>Self-attention, then the feed-forward layer.</summary>
    /// <param name="fast">[B, K, D].</param>
    /// <returns>[B, K, D].</returns>
    public Tensor Forward(Tensor fast)
    {
        using var scope = NewDisposeScope();                                 // what a backward pass needs of the tensors in between, it keeps
        var normalized = _norm.Forward(fast);                                // [B, K, D]
        return Forward(fast, normalized, normalized).Output.MoveToOuterDisposeScope();
    }

    /// <summary>Attention among or to tokens of the fast stream, then the feed-forward layer.</summary>
    /// <param name="query">[B, T, D].</param>
    /// <param name="normalizedQuery">The same, normalised.</param>
    /// <param name="context">What is attended to, normalised, [B, S, D].</param>
    /// <returns>[B, T, D], and the attention probabilities, [B, T*H, S].</returns>
    public (Tensor Output, Tensor Scores) Forward(Tensor query, Tensor normalizedQuery, Tensor context)
    {
        var (attended, scores) = _fast.Forward(query, normalizedQuery, context);
        return (_feedForward.Forward(attended), scores);
    }

    /// <summary>Attention to the state where the block reads it, then the feed-forward layer.</summary>
    /// <param name="fast">[B, K, D].</param>
    /// <param name="state">The state, normalised, [B, S, D].</param>
    /// <returns>[B, K, D]; <paramref name="fast"/> itself where the block does not read the state.</returns>
    public Tensor ReadState(Tensor fast, Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (_slow is null)
            return fast;
        using var scope = NewDisposeScope();
        var attended = !_drops && state.size(1) == 1 ? _slow.ReadOne(fast, state) : _slow.Forward(fast, _norm.Forward(fast), state).Output; // [B, K, D]
        return _feedForward.Forward(attended).MoveToOuterDisposeScope();
    }
}
