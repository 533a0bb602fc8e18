namespace Tlb.Core;

/// <summary>What a training run does when it is cancelled.</summary>
public enum CancellationBehavior
{
    /// <summary>It throws an <see cref="OperationCanceledException"/>.</summary>
    Throw,

    /// <summary>It returns the weights of the best epoch so far, or, without a validation set, those that it has.</summary>
    ReturnBest,
}
