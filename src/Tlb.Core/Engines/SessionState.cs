namespace Tlb.Core;

/// <summary>All that a training session remembers from step to step: with it another session goes on to the same bits.</summary>
internal sealed record SessionState
{
    /// <summary>The steps done, those included that changed nothing because a gradient was not finite.</summary>
    public required long Step { get; init; }

    /// <summary>The steps the optimizer has done.</summary>
    public required long OptimizerStep { get; init; }

    /// <summary>The metrics since they were last reset.</summary>
    public required BatchMetrics Metrics { get; init; }

    /// <summary>The weights in training, in the order of <see cref="ParameterLayout"/>.</summary>
    public required float[] Weights { get; init; }

    /// <summary>AdamW's mean of the gradients.</summary>
    public required float[] Mean { get; init; }

    /// <summary>AdamW's mean of the squared gradients.</summary>
    public required float[] Variance { get; init; }

    /// <summary>The moving average of the weights; null where there is none.</summary>
    public float[]? Average { get; init; }

    /// <summary>The loss's scale in 16-bit floats; null where it is not scaled.</summary>
    public double? LossScale { get; init; }

    /// <summary>The steps in a row whose gradients were finite at that scale.</summary>
    public int LossScaleGoodSteps { get; init; }

    /// <summary>Checks that the state fits a session.</summary>
    /// <param name="weightCount">The weights of the session's network.</param>
    /// <param name="hasAverage">Whether the session averages them.</param>
    /// <exception cref="ArgumentException">It is of another network, or of other options.</exception>
    public void ThrowIfNotFor(int weightCount, bool hasAverage)
    {
        if (Weights.Length != weightCount || Mean.Length != weightCount || Variance.Length != weightCount || (Average is not null) != hasAverage)
            throw new ArgumentException($"The state is of a network of {Weights.Length} weights, with {(Average is null ? "no" : "an")} average; expected {weightCount}, with {(hasAverage ? "one" : "none")}.");
    }
}
