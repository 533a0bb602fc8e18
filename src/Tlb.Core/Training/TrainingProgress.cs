namespace Tlb.Core;

/// <summary>How far a training run is.</summary>
public sealed record TrainingProgress
{
    /// <summary>The epoch that runs or has just ended, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The epochs of the run.</summary>
    public required int EpochCount { get; init; }

    /// <summary>The steps done in this epoch.</summary>
    public required int Step { get; init; }

    /// <summary>The steps of an epoch.</summary>
    public required int StepCount { get; init; }

    /// <summary>The metrics of this epoch's training images so far, as measured while the weights changed.</summary>
    public required BatchMetrics Training { get; init; }

    /// <summary>The metrics of all validation images at the end of the epoch; null before it ends, and without a validation set.</summary>
    public ClassificationMetrics? Validation { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public required float LearningRate { get; init; }

    /// <summary>The training images per second of this epoch so far.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The time since training began; a run that was resumed counts on from its checkpoint.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// The time that all epochs to come would take at the pace so far, validation included; early stopping may end the run before. Null before the first step.
    /// </summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Whether the epoch has ended.</summary>
    public required bool IsEndOfEpoch { get; init; }

    /// <summary>Whether the weights after this epoch are the best so far; false before an epoch ends.</summary>
    public bool IsBest { get; init; }
}
