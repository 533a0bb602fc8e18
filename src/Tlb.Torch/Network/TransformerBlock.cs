using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>A Transformer block: attention, then a feed-forward layer, each with a residual.</summary>
internal sealed class TransformerBlock
{
    private readonly LayerNorm _norm;
    private readonly Attention _attention;
    private readonly FeedForward _feedForward;

    /// <summary>Takes the weights of a block.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="plan">The block.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public TransformerBlock(TlbConfig config, FoldedWeights weights, BlockPlan plan, NetworkDropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (_norm, Context) = (new(config), plan.Attention.Context);
        _attention = new(config, weights, plan.Attention.Name, dropout?.Attention);
        _feedForward = new(config, weights, plan.FeedForward, dropout?.FeedForward);
    }

    /// <summary>What the block attends to.</summary>
    public TokenStream Context { get; }

    /// <summary>Self-attention, then the feed-forward layer.</summary>
    /// <param name="tokens">[B, T, D].</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();                                 // what a backward pass needs of the tensors in between, it keeps
        var normalized = _norm.Forward(tokens);                              // [B, T, D]
        return Forward(tokens, normalized, normalized).Output.MoveToOuterDisposeScope();
    }

    /// <summary>Attention to the other stream, then the feed-forward layer.</summary>
    /// <param name="tokens">[B, T, D].</param>
    /// <param name="context">The other stream, normalised, [B, S, D].</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Forward(Tensor tokens, Tensor context)
    {
        using var scope = NewDisposeScope();
        var attended = _attention.ReadOne(tokens, context) ?? _attention.Forward(tokens, _norm.Forward(tokens), context).Output; // [B, T, D]
        return _feedForward.Forward(attended).MoveToOuterDisposeScope();
    }

    /// <summary>Attention, then the feed-forward layer.</summary>
    /// <param name="query">[B, T, D].</param>
    /// <param name="normalizedQuery">The same, normalised.</param>
    /// <param name="context">What is attended to, normalised, [B, S, D].</param>
    /// <returns>[B, T, D], and the attention probabilities, for <see cref="ByHead"/>.</returns>
    public (Tensor Output, Tensor Scores) Forward(Tensor query, Tensor normalizedQuery, Tensor context)
    {
        var (attended, scores) = _attention.Forward(query, normalizedQuery, context);
        return (_feedForward.Forward(attended), scores);
    }

    /// <inheritdoc cref="Attention.ByHead"/>
    public Tensor ByHead(Tensor scores) => _attention.ByHead(scores);
}
