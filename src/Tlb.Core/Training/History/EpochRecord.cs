using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>The metrics of one epoch of a training run.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record EpochRecord
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The mean loss of the training images, as measured while the weights changed.</summary>
    public required double TrainingLoss { get; init; }

    /// <summary>The share of training images classified correctly, 0 to 1, as measured while the weights changed.</summary>
    public required double TrainingAccuracy { get; init; }

    /// <summary>The mean loss of the validation images at the end of the epoch; null without a validation set.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The share of validation images whose class has the highest score, 0 to 1 (top-1); null without a validation set.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The share of validation images whose class is among the five highest scores, 0 to 1; null where it was not measured.</summary>
    public double? ValidationTop5Accuracy { get; init; }

    /// <summary>The mean over classes of the accuracy within each class of the validation images, 0 to 1; null where it was not measured.</summary>
    public double? ValidationMacroAccuracy { get; init; }

    /// <summary>The learning rate of the epoch's last step.</summary>
    public required float LearningRate { get; init; }

    /// <summary>The training images per second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The time since training began, validation included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Whether this epoch was the best so far. Default false.</summary>
    public bool IsBest { get; init; }
}
