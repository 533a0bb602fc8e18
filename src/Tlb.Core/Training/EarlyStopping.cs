using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>
/// When training stops before its last epoch: when a metric has not become better for some epochs. These are only the options;
/// what a run has seen is kept apart from them, so that they can be used again.
/// </summary>
public sealed record EarlyStopping : ICheckedOptions
{
    /// <summary>The metric that is watched. Default <see cref="EarlyStoppingMetric.ValidationLoss"/>.</summary>
    public EarlyStoppingMetric Metric { get; set; } = EarlyStoppingMetric.ValidationLoss;

    /// <summary>Training stops after this many epochs in a row without an improvement; 1 or more. Default 5.</summary>
    public int Patience { get; set; } = 5;

    /// <summary>
    /// The metric must change by more than this to count as an improvement, so that many tiny ones don't go on for ever; 0 or more
    /// (Keras: <c>min_delta</c>). Which weights are best does not depend on it. Default 0.
    /// </summary>
    public double MinimumChange { get; set; }

    /// <summary>Whether the model gets the weights of the best epoch, also when training runs to its end; else those of the last. Default true.</summary>
    public bool RestoreBestWeights { get; set; } = true;

    /// <summary>Whether <see cref="Metric"/> is measured on a validation set, so that training needs one.</summary>
    [JsonIgnore]
    public bool NeedsValidation => Metric is not (EarlyStoppingMetric.TrainingLoss or EarlyStoppingMetric.TrainingAccuracy);

    /// <summary>Checks all values at once.</summary>
    /// <returns>What is wrong, a sentence each.</returns>
    public IReadOnlyList<string> Validate() => OptionsCheck.Run(this);

    void ICheckedOptions.Check(OptionsCheck check)
    {
        check.Named(Metric);
        check.AtLeast(Patience, 1);
        check.AtLeast(MinimumChange, 0);
    }
}
