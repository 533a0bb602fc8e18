using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>AdamW as Keras defines it: decay first; epsilon outside the bias correction. One tensor holds all weights.</summary>
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
    private readonly Tensor? _decayed;
    private readonly float _weightDecay;

    /// <summary>Makes an optimizer.</summary>
    /// <param name="weights">The weights it updates in place, [P].</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <param name="decayed">1 for weights that decay and 0 for others, [P]; null for all. It is copied.</param>
    public AdamW(Tensor weights, float weightDecay, Tensor? decayed = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        (_weights, _weightDecay) = (weights, weightDecay);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Mean = zeros_like(weights).DetachFromDisposeScope();
        Variance = zeros_like(weights).DetachFromDisposeScope();
        _decayed = decayed?.clone().DetachFromDisposeScope();
    }

    /// <summary>The mean of the gradients, [P].</summary>
    public Tensor Mean { get; }

    /// <summary>The mean of the squared gradients, [P].</summary>
    public Tensor Variance { get; }

    /// <summary>The steps done.</summary>
    public long StepCount { get; set; }

    /// <summary>Updates the weights.</summary>
    /// <param name="gradient">The gradient of the loss, [P].</param>
    /// <param name="learningRate">The learning rate.</param>
    public void Step(Tensor gradient, float learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        StepCount++;
        var alpha = learningRate * Math.Sqrt(1 - Math.Pow(Beta2, StepCount)) / (1 - Math.Pow(Beta1, StepCount));
        using Scalar decay = 1 - learningRate * _weightDecay, share = -learningRate * _weightDecay, factor = (float)-alpha;
        if (_decayed is null)
            _weights.mul_(decay);
        else
            _weights.addcmul_(_weights, _decayed, share);
        Mean.mul_(Beta1Scalar).add_(gradient, OneMinusBeta1);
        Variance.mul_(Beta2Scalar).addcmul_(gradient, gradient, OneMinusBeta2);
        _weights.addcdiv_(Mean, Variance.sqrt().add_(Epsilon), factor);
    }

    /// <summary>Frees the optimizer's state. The weights stay.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        Variance.Dispose();
        _decayed?.Dispose();
    }
}
