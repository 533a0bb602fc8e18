using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>AdamW as Keras defines it: decay first, on all weights; epsilon outside the bias correction. One tensor holds all weights.</summary>
public sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;

    private static readonly Scalar Beta1Scalar = (float)Beta1;
    private static readonly Scalar Beta2Scalar = (float)Beta2;
    private static readonly Scalar OneMinusBeta1 = (float)(1 - Beta1);
    private static readonly Scalar OneMinusBeta2 = (float)(1 - Beta2);
    private static readonly Scalar Epsilon = 1e-7f;

    private readonly Tensor _weights;
    private readonly Tensor _mean;
    private readonly Tensor _variance;
    private readonly float _weightDecay;
    private int _step;

    /// <summary>Makes an optimizer.</summary>
    /// <param name="weights">The weights it updates in place, [P].</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    public AdamW(Tensor weights, float weightDecay)
    {
        ArgumentNullException.ThrowIfNull(weights);
        (_weights, _weightDecay) = (weights, weightDecay);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _mean = zeros_like(weights).DetachFromDisposeScope();
        _variance = zeros_like(weights).DetachFromDisposeScope();
    }

    /// <summary>Updates the weights.</summary>
    /// <param name="gradient">The gradient of the loss, [P].</param>
    /// <param name="learningRate">The learning rate.</param>
    public void Step(Tensor gradient, float learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _step++;
        var alpha = learningRate * Math.Sqrt(1 - Math.Pow(Beta2, _step)) / (1 - Math.Pow(Beta1, _step));
        using Scalar decay = 1 - learningRate * _weightDecay, factor = (float)-alpha;
        _weights.mul_(decay);
        _mean.mul_(Beta1Scalar).add_(gradient, OneMinusBeta1);
        _variance.mul_(Beta2Scalar).addcmul_(gradient, gradient, OneMinusBeta2);
        _weights.addcdiv_(_mean, _variance.sqrt().add_(Epsilon), factor);
    }

    /// <summary>Frees the optimizer's state. The weights stay.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _variance.Dispose();
    }
}
