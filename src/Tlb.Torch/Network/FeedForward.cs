using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The feed-forward layer of a block, with a residual: norm, some times as wide, GELU (the exact one), back (Keras example: <c>FeedForwardNetwork</c>).</summary>
internal sealed class FeedForward
{
    private readonly LayerNorm _norm;
    private readonly int _dimension;
    private readonly Dense _widen;
    private readonly Dense _narrow;
    private readonly Dropout? _dropout;

    /// <summary>Takes the weights of a feed-forward layer.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="name">The layer's name, such as <c>pm.0.ffn</c>.</param>
    /// <param name="dropout">What drops outputs, in training; else null.</param>
    public FeedForward(TlbConfig config, FoldedWeights weights, string name, Dropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (_norm, _dimension) = (new(config), config.EmbeddingDimension);
        (_widen, _narrow) = weights.FeedForward(name);
        _dropout = dropout;
    }

    /// <summary>Computes the layer for each token by itself.</summary>
    /// <param name="x">[B, T, D].</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var tokens = x.reshape(-1, _dimension);                              // [B*T, D]
        var hidden = nn.functional.gelu(_widen.Forward(_norm.Forward(tokens))); // [B*T, E*D]
        var y = _narrow.Forward(hidden);                                     // [B*T, D]
        return tokens.add(_dropout?.Forward(y) ?? y, Scalars.One).view(x.size(0), -1, _dimension); // [B, T, D]
    }
}
