using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Layer normalisation over the last dimension, with epsilon 1e-5 (Keras: <c>LayerNormalization(epsilon=1e-5)</c>).</summary>
public sealed class LayerNorm
{
    private readonly Tensor _gamma;
    private readonly Tensor _beta;
    private readonly long[] _shape;

    /// <summary>Takes the weights <c>{name}.gamma</c> and <c>{name}.beta</c>.</summary>
    /// <param name="weights">The network's weights.</param>
    /// <param name="name">The layer's name.</param>
    public LayerNorm(WeightTensors weights, string name)
    {
        ArgumentNullException.ThrowIfNull(weights);
        (_gamma, _beta) = (weights[$"{name}.gamma"], weights[$"{name}.beta"]);
        _shape = _gamma.shape;
    }

    /// <summary>Normalises.</summary>
    /// <param name="x">[..., D].</param>
    /// <returns>[..., D].</returns>
    public Tensor Forward(Tensor x) => nn.functional.layer_norm(x, _shape, _gamma, _beta, TlbConfig.LayerNormEpsilon);
}
