namespace Tlb.Core;

/// <summary>How a network is trained, with any engine.</summary>
public class TrainingOptions
{
    /// <summary>What the options are set to where nothing is said.</summary>
    public static class Defaults
    {
        /// <summary>The default of <see cref="TrainingOptions.Epoch"/>.</summary>
        public const int Epoch = 30;

        /// <summary>The default of <see cref="TrainingOptions.BatchSize"/>.</summary>
        public const int BatchSize = 64;

        /// <summary>The default of <see cref="TrainingOptions.LearningRate"/>.</summary>
        public const float LearningRate = 1e-3f;

        /// <summary>The default of <see cref="TrainingOptions.WeightDecay"/>.</summary>
        public const float WeightDecay = 1e-4f;
    }

    /// <summary>How often the training images are gone through; 0 or more. 0 keeps the initial weights. Default 30.</summary>
    public int Epoch { get; set; } = Defaults.Epoch;

    /// <summary>The images of one step; 1 or more. The last batch of an epoch may be smaller; none is left out. Default 64.</summary>
    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <summary>AdamW's learning rate, above 0. Default 0.001.</summary>
    public float LearningRate { get; set; } = Defaults.LearningRate;

    /// <summary>
    /// AdamW's decoupled weight decay, 0 or more: each step takes <see cref="LearningRate"/> x this share off every weight
    /// (Keras: <c>weight_decay</c>). Default 0.0001.
    /// </summary>
    public float WeightDecay { get; set; } = Defaults.WeightDecay;

    /// <summary>Called after steps, at most about ten times a second, and after each epoch; on the training thread. Default null.</summary>
    public Action<TrainingProgress>? MetricsCallback { get; set; }

    /// <summary>Stops the training after the step that is running, with an <see cref="OperationCanceledException"/>. Default: never.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Checks all values at once.</summary>
    /// <returns>What is wrong, a sentence each.</returns>
    public virtual IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Epoch < 0)
            problems.Add(FormattableString.Invariant($"Epoch is {Epoch}; expected 0 or more."));
        if (BatchSize < 1)
            problems.Add(FormattableString.Invariant($"BatchSize is {BatchSize}; expected 1 or more."));
        if (!(LearningRate > 0 && float.IsFinite(LearningRate)))
            problems.Add(FormattableString.Invariant($"LearningRate is {LearningRate}; expected a number above 0."));
        if (!(WeightDecay >= 0 && float.IsFinite(WeightDecay)))
            problems.Add(FormattableString.Invariant($"WeightDecay is {WeightDecay}; expected 0 or more."));
        return problems;
    }
}
