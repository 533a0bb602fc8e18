using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Sets a share of values to zero in training, and scales the others up by as much (Keras: <c>Dropout</c>).</summary>
public sealed class Dropout
{
    private readonly Generator? _generator;
    private readonly float _rate;
    private readonly Scalar _scale;

    /// <summary>Makes a dropout.</summary>
    /// <param name="rate">The share of values to drop, 0 to below 1.</param>
    /// <param name="generator">Where the random numbers come from; null for the device's own generator.</param>
    public Dropout(float rate, Generator? generator)
    {
        (_rate, _generator) = (rate, generator);
        _scale = 1 / (1 - rate);
    }

    /// <summary>Drops values.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape.</returns>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return _rate == 0 ? x : x.mul(empty_like(x).bernoulli_(1 - _rate, _generator).mul_(_scale));
    }
}
