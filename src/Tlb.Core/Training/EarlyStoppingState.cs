namespace Tlb.Core;

/// <summary>What an <see cref="EarlyStoppingTracker"/> knows, for checkpoints. A new one is the state before the first epoch.</summary>
internal sealed record EarlyStoppingState
{
    /// <summary>The best metric so far; null before any epoch had a finite one.</summary>
    public double? Best { get; init; }

    /// <summary>The epoch of <see cref="Best"/>, from 1; 0 before there is one.</summary>
    public int BestEpoch { get; init; }

    /// <summary>The metric that an improvement is measured from: that of the last improvement; null before the first.</summary>
    public double? Reference { get; init; }

    /// <summary>The epochs since the last improvement.</summary>
    public int EpochsWithoutImprovement { get; init; }
}
