using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>Where a run stood: what of a checkpoint is not a tensor.</summary>
internal sealed record CheckpointPosition
{
    /// <summary>What tells runs apart: a checkpoint of another run is of no use. Names and values.</summary>
    public required IReadOnlyDictionary<string, string> Run { get; init; }

    /// <summary>The epoch that was running, from 1; one more than the last when all were done.</summary>
    public required int Epoch { get; init; }

    /// <summary>The steps of it that were done.</summary>
    public required int Step { get; init; }

    /// <summary>The time the run had taken.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The epochs that were done.</summary>
    public required TrainingHistory History { get; init; }

    /// <summary>What early stopping had seen.</summary>
    public EarlyStoppingState? Tracker { get; init; }

    /// <summary><see cref="SessionState.Step"/>.</summary>
    public long SessionStep { get; init; }

    /// <summary><see cref="SessionState.OptimizerStep"/>.</summary>
    public long OptimizerStep { get; init; }

    /// <summary><see cref="SessionState.Metrics"/>.</summary>
    public BatchMetrics Metrics { get; init; }

    /// <summary><see cref="SessionState.LossScale"/>.</summary>
    public double? LossScale { get; init; }

    /// <summary><see cref="SessionState.LossScaleGoodSteps"/>.</summary>
    public int LossScaleGoodSteps { get; init; }
}

/// <summary>The JSON form of <see cref="CheckpointPosition"/>.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, AllowDuplicateProperties = false, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CheckpointPosition))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
