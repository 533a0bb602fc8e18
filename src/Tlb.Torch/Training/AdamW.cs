using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>AdamW as Keras defines it: decay first; epsilon outside the bias correction. One tensor holds all weights.</summary>
internal sealed class AdamW : IOptimizer
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;

    private static readonly Scalar Beta1Scalar = ((float)Beta1).ToScalar();
    private static readonly Scalar Beta2Scalar = ((float)Beta2).ToScalar();
    private static readonly Scalar OneMinusBeta1 = ((float)(1 - Beta1)).ToScalar();
    private static readonly Scalar OneMinusBeta2 = ((float)(1 - Beta2)).ToScalar();
    private static readonly Scalar Epsilon = 1e-7f.ToScalar();
    private static readonly Scalar LogBeta1 = Math.Log(Beta1).ToScalar();
    private static readonly Scalar LogBeta2 = Math.Log(Beta2).ToScalar();

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
        Steps = tensor(0.0, ScalarType.Float64, weights.device).DetachFromDisposeScope();
        _decayed = decayed?.clone().DetachFromDisposeScope();
    }

    public Tensor Mean { get; }

    public Tensor Variance { get; }

    public Tensor Steps { get; }

    public void Step(Tensor gradient, float learningRate, Tensor? isFinite = null)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using Scalar rate = learningRate.ToScalar(), decay = (1 - learningRate * _weightDecay).ToScalar(), share = (-learningRate * _weightDecay).ToScalar();
        var steps = Steps.add(Scalars.One, Scalars.One);                                          // []
        var mean = Mean.mul(Beta1Scalar).add_(gradient, OneMinusBeta1);      // [P]
        var variance = Variance.mul(Beta2Scalar).addcmul_(gradient, gradient, OneMinusBeta2); // [P]
        var weights = _decayed is null ? _weights.mul(decay) : _weights.addcmul(_weights, _decayed, share); // [P]
        var alpha = OneMinusPower(LogBeta2).sqrt_().div(OneMinusPower(LogBeta1)).mul_(rate); // []
        weights.sub_(mean.div(variance.sqrt().add_(Epsilon, Scalars.One)).mul_(alpha));

        Set(Steps, steps);
        Set(Mean, mean);
        Set(Variance, variance);
        Set(_weights, weights);

        Tensor OneMinusPower(Scalar logBeta) => steps.mul(logBeta).expm1_().neg_(); // []: 1 - beta^steps

        void Set(Tensor target, Tensor value) => target.copy_(isFinite is null ? value : value.where(isFinite, target));
    }

    /// <summary>Frees the optimizer's state. The weights stay.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        Variance.Dispose();
        Steps.Dispose();
        _decayed?.Dispose();
    }
}
