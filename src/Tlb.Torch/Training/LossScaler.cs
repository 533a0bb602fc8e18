using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>
/// Scales the loss so that gradients in 16-bit floats neither vanish nor overflow (Keras: <c>LossScaleOptimizer</c>): by 2^15 at first,
/// by half as much after a step whose gradient is not finite, by twice as much after 2,000 good steps in a row.
/// </summary>
/// <remarks>The scale lives on the device, and so does the decision: the host never waits for it.</remarks>
internal sealed class LossScaler : IDisposable
{
    /// <summary>The scale to start from.</summary>
    public const float InitialScale = 32768;

    /// <summary>The good steps in a row after which the scale is doubled.</summary>
    public const int DefaultGrowthInterval = 2000;

    private static readonly Scalar Two = 2f.ToScalar();
    private static readonly Scalar Half = 0.5f.ToScalar();

    private readonly Tensor _scale;                                          // []
    private readonly Tensor _goodSteps;                                      // []
    private readonly Scalar _growthInterval;

    /// <summary>Makes a scaler.</summary>
    /// <param name="device">The device of the loss.</param>
    /// <param name="growthInterval">The good steps in a row after which the scale is doubled, 1 or more.</param>
    public LossScaler(Device device, int growthInterval = DefaultGrowthInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(growthInterval, 1);
        using var scope = NewDisposeScope();
        _scale = tensor(InitialScale, ScalarType.Float32, device).DetachFromDisposeScope();
        _goodSteps = tensor(0f, ScalarType.Float32, device).DetachFromDisposeScope();
        _growthInterval = ((float)growthInterval).ToScalar();
    }

    /// <summary>The scale now. Reading it waits for the device.</summary>
    public double Scale => _scale.item<float>();

    /// <summary>The good steps in a row at this scale. Reading them waits for the device.</summary>
    public int GoodSteps => (int)_goodSteps.item<float>();

    /// <summary>Multiplies a loss by the scale, and so its gradients.</summary>
    /// <param name="loss">The loss, float32, [].</param>
    /// <returns>[].</returns>
    public Tensor Multiply(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.mul(_scale);
    }

    /// <summary>Divides a gradient by the scale, and adapts the scale for the next step.</summary>
    /// <param name="gradient">The gradient of the scaled loss, [P].</param>
    /// <returns>The gradient of the loss, [P], and whether all of it is finite, []. If not, the step has to be left out.</returns>
    public (Tensor Gradient, Tensor IsFinite) Unscale(Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var isFinite = gradient.isfinite().all();                            // []
        var unscaled = gradient.div(_scale);                                 // [P]
        var good = _goodSteps.add(Scalars.One, Scalars.One);                                      // []
        _scale.copy_(_scale.mul(Two).where(good.ge(_growthInterval), _scale).where(isFinite, _scale.mul(Half)));
        _goodSteps.copy_(good.mul(good.lt(_growthInterval)).mul(isFinite));
        return (unscaled.MoveToOuterDisposeScope(), isFinite.MoveToOuterDisposeScope());
    }

    /// <summary>Goes on from a scale.</summary>
    /// <param name="scale">The scale, above 0.</param>
    /// <param name="goodSteps">The good steps in a row at that scale, 0 or more.</param>
    public void Restore(double scale, int goodSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        ArgumentOutOfRangeException.ThrowIfNegative(goodSteps);
        using var scope = NewDisposeScope();
        using Scalar scaleValue = ((float)scale).ToScalar(), goodValue = ((float)goodSteps).ToScalar();
        _scale.fill_(scaleValue);
        _goodSteps.fill_(goodValue);
    }

    /// <summary>Frees the scaler's state.</summary>
    public void Dispose()
    {
        _scale.Dispose();
        _goodSteps.Dispose();
        _growthInterval.Dispose();
    }
}
