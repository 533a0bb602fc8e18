using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The feed-forward layer of a block, with a residual: norm, four times as wide, GELU (the exact one), back (Keras example: <c>FeedForwardNetwork</c>).</summary>
public sealed class FeedForward
{
    private readonly LayerNorm _norm;
    private readonly Dense _widen;
    private readonly Dense _narrow;
    private readonly Dropout? _dropout;
    private readonly int _dimension;

    /// <summary>Takes the weights <c>{name}.ln</c>, <c>{name}.dense1</c> and <c>{name}.dense2</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dropout">What drops outputs, in training; else null.</param>
    public FeedForward(TlbConfig config, WeightTensors weights, string name, Dropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        _dimension = config.EmbeddingDimension;
        _norm = new(weights, $"{name}.ln");
        _widen = new(weights, $"{name}.dense1", _dimension);
        _narrow = new(weights, $"{name}.dense2", TlbConfig.FeedForwardExpansion * _dimension);
        _dropout = dropout;
    }

    /// <summary>Computes the layer for each token by itself.</summary>
    /// <param name="x">[B, T, D].</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var hidden = nn.functional.gelu(_widen.Forward(_norm.Forward(x).view(-1, _dimension))); // [B*T, 4D]
        var y = _narrow.Forward(hidden).view(x.shape);                       // [B, T, D]
        return x.add(_dropout?.Forward(y) ?? y);
    }
}
