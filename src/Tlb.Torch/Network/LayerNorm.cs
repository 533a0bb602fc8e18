using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Layer normalisation over the last dimension, with epsilon 1e-5 (Keras: <c>LayerNormalization(epsilon=1e-5)</c>).</summary>
/// <remarks>Of 16-bit floats too, mean and variance are computed in float32: the kernels do that by themselves, without tensors in between.</remarks>
internal sealed class LayerNorm
{
    private readonly Tensor? _gamma;
    private readonly Tensor? _beta;
    private readonly long[] _shape;

    /// <summary>A normalisation with scale and shift.</summary>
    /// <param name="config">The network.</param>
    /// <param name="gamma">The scale, [D].</param>
    /// <param name="beta">The shift, [D].</param>
    public LayerNorm(TlbConfig config, Tensor gamma, Tensor beta) : this(config) => (_gamma, _beta) = (gamma, beta);

    /// <summary>A normalisation to mean 0 and variance 1, for a layer that has scale and shift in its own weights (<see cref="FoldedWeights"/>).</summary>
    /// <param name="config">The network.</param>
    public LayerNorm(TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _shape = [config.EmbeddingDimension];
    }

    /// <summary>Normalises.</summary>
    /// <param name="x">[..., D].</param>
    /// <returns>[..., D].</returns>
    public Tensor Forward(Tensor x) => nn.functional.layer_norm(x, _shape, _gamma, _beta, TlbConfig.LayerNormEpsilon);
}
