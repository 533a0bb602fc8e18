using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Sets a share of values to zero in training, and scales the others up by as much (Keras: <c>Dropout</c>).</summary>
/// <remarks>The random numbers come from a generator of its own: torch's global one is left alone.</remarks>
public sealed class Dropout
{
    private readonly Generator _generator;
    private readonly float _rate;
    private readonly Scalar _rateScalar;
    private readonly Scalar _scale;

    /// <summary>Makes a dropout.</summary>
    /// <param name="rate">The share of values to drop, 0 to below 1.</param>
    /// <param name="generator">Where the random numbers come from, on the tensors' device.</param>
    public Dropout(float rate, Generator generator)
    {
        (_rate, _generator) = (rate, generator);
        (_rateScalar, _scale) = (rate, 1 / (1 - rate));
    }

    /// <summary>Drops values.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape.</returns>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (_rate == 0)
            return x;
        var kept = rand(x.shape, ScalarType.Float32, x.device, generator: _generator).ge(_rateScalar);
        return x.mul(kept.to(x.dtype).mul_(_scale));
    }
}
