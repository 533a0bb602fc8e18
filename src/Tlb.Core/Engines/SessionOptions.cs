namespace Tlb.Core;

/// <summary>What an engine has to know to train a network: the optimizer, the loss and the seed. Fixed for a session.</summary>
internal sealed record SessionOptions
{
    /// <summary>
    /// The seed of what is random within a step (dropout). Nothing outside the session is seeded. Default 0.
    /// </summary>
    public int Seed { get; init; }

    /// <summary>What makes steps of gradients. Default AdamW.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>The optimizer's decoupled weight decay, 0 or more. Default 0.</summary>
    public float WeightDecay { get; init; }

    /// <summary>
    /// Whether all weights decay, as in Keras, or only the matrices (<see cref="ParameterSpec.IsMatrix"/>): not the scales and shifts
    /// of normalisations, biases and positions. Default false.
    /// </summary>
    public bool DecayAllWeights { get; init; }

    /// <summary>The largest norm of the gradient over all weights: a longer one is scaled down to it. Above 0; default null: any.</summary>
    public float? GradientClipNorm { get; init; }

    /// <summary>
    /// The decay of the exponential moving average of the weights, 0 to below 1: after each step, average = decay x average + (1 - decay) x weights.
    /// In the first steps the decay is at most (1 + step) / (10 + step), so that the average soon forgets the initial weights.
    /// Default null: no average.
    /// </summary>
    public float? AverageDecay { get; init; }

    /// <summary>
    /// The share of the target probability that is spread evenly over all classes, 0 to below 1 (Keras, PyTorch: <c>label_smoothing</c>).
    /// Default 0.
    /// </summary>
    public float LabelSmoothing { get; init; }

    /// <summary>
    /// The most images an engine computes at once, 1 or more: the gradients of a larger batch are added up over such parts, which
    /// changes the memory needed, and the step by rounding only (and draws other dropout). Default null: the engine's choice.
    /// </summary>
    public int? MicroBatchSize { get; init; }

    /// <summary>The most bytes of working memory that a step may take on the CPU. Default 4 GB.</summary>
    public long WorkMemory { get; init; } = WorkLimit.Default;

    /// <summary>The processes that compute each batch together, all with the same options and weights. Default null: this process alone.</summary>
    public Ranks? Ranks { get; init; }
}
