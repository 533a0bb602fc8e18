using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>The metric of an epoch by which epochs are compared: losses the lower the better, accuracies the higher. Written in JSON by name; read in any case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EarlyStoppingMetric>))]
public enum EarlyStoppingMetric
{
    /// <summary><see cref="EpochRecord.ValidationLoss"/>.</summary>
    ValidationLoss,

    /// <summary><see cref="EpochRecord.ValidationAccuracy"/>.</summary>
    ValidationAccuracy,

    /// <summary><see cref="EpochRecord.ValidationTop5Accuracy"/>.</summary>
    ValidationTop5Accuracy,

    /// <summary><see cref="EpochRecord.ValidationMacroAccuracy"/>.</summary>
    ValidationMacroAccuracy,

    /// <summary><see cref="EpochRecord.TrainingLoss"/>.</summary>
    TrainingLoss,

    /// <summary><see cref="EpochRecord.TrainingAccuracy"/>.</summary>
    TrainingAccuracy,
}
