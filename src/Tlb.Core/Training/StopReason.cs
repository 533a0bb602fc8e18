namespace Tlb.Core;

/// <summary>Why a training run ended.</summary>
internal enum StopReason
{
    /// <summary>All epochs were done.</summary>
    Completed,

    /// <summary>The metric that was watched became no better (<see cref="TrainingOptions.EarlyStopping"/>).</summary>
    EarlyStopping,

    /// <summary>It was cancelled, and asked to keep what it had (<see cref="CancellationBehavior.ReturnBest"/>).</summary>
    Cancelled,
}
