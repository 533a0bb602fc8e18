namespace Tlb.Core;

/// <summary>What a training run made.</summary>
/// <param name="Weights">The weights: of the best epoch or the last, as the options say; their moving average where there is one.</param>
/// <param name="History">The metrics of each epoch.</param>
/// <param name="StopReason">Why the run ended.</param>
internal sealed record TrainingResult(NetworkWeights Weights, TrainingHistory History, StopReason StopReason);
