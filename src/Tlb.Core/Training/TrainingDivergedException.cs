namespace Tlb.Core;

/// <summary>The loss of a training run, or a weight, is no longer a finite number.</summary>
public sealed class TrainingDivergedException : ArithmeticException
{
    internal TrainingDivergedException(string finding, int epoch, int step, float learningRate, NetworkWeights lastGoodWeights)
        : base(FormattableString.Invariant(
            $"The {finding} after step {step} of epoch {epoch}, at learning rate {learningRate}. A lower LearningRate, a longer WarmupEpochs or a GradientClipNorm of 1 helps, and inputs between 0 and 1. The weights from before are in LastGoodWeights."))
        => (Epoch, Step, LearningRate, LastGoodWeights) = (epoch, step, learningRate, lastGoodWeights);

    /// <summary>The epoch in which it was noticed, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step of the epoch after which it was noticed, from 1.</summary>
    public int Step { get; }

    /// <summary>The learning rate of that step.</summary>
    public float LearningRate { get; }

    /// <summary>Finite weights from before, at most a few seconds old.</summary>
    public NetworkWeights LastGoodWeights { get; }
}
