using System.Globalization;
using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>How a network is trained, with any engine.</summary>
public class TrainingOptions : ICheckedOptions
{
    /// <summary>What the options are set to where nothing is said: <see cref="Recipe.Standard"/>.</summary>
    public static class Defaults
    {
        /// <summary>The default of <see cref="TrainingOptions.Epoch"/>.</summary>
        public const int Epoch = 30;

        /// <summary>The default of <see cref="TrainingOptions.BatchSize"/>.</summary>
        public const int BatchSize = 64;

        /// <summary>The default of <see cref="TrainingOptions.LearningRate"/>.</summary>
        public const float LearningRate = 3e-3f;

        /// <summary>The default of <see cref="TrainingOptions.WeightDecay"/>.</summary>
        public const float WeightDecay = 0.1f;
    }

    /// <summary>The options of <see cref="Recipe.Standard"/>.</summary>
    public TrainingOptions()
        : this(Recipe.Standard)
    {
    }

    /// <summary>The options of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such recipe.</exception>
    public TrainingOptions(Recipe recipe)
    {
        Epoch = recipe switch
        {
            Recipe.Short => 10,
            Recipe.Standard => Defaults.Epoch,
            Recipe.Long => 100,
            _ => throw new ArgumentOutOfRangeException(nameof(recipe), recipe, "Expected Short, Standard or Long."),
        };
        if (recipe != Recipe.Long)
            return;
        LabelSmoothing = 0.1f;
        Augmentation.RandAugment = new() { Operations = 2, Magnitude = 5 };
    }

    /// <summary>The highest weight of a class or an image: products of such weights, and sums of them over a batch, are far from what a Single holds.</summary>
    internal const float MostWeight = 1_000_000;

    /// <summary>How often the training images are gone through; 0 or more. 0 keeps the initial weights. Default 30; 10 in a short recipe, 100 in a long one.</summary>
    public int Epoch { get; set; }

    /// <summary>The images of one step; 1 or more. The last batch of an epoch may be smaller; none is left out. Default 64.</summary>
    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <summary>
    /// The most images computed at once, 1 or more: the gradients of a larger batch are added up over such parts before the step, which
    /// bounds the memory on a device and changes the result by rounding only (and draws other dropout). The CPU's vector kernels
    /// always work so, and need no such limit. Default null: the whole batch.
    /// </summary>
    public int? MicroBatchSize { get; set; }

    /// <summary>
    /// The most bytes of working memory that a step may take on the CPU, beside the weights and the images; 1 or more. Where it is not enough
    /// for a part of the batch on every core, fewer cores are used; where it is not enough for one, training is refused before it begins,
    /// with the figure and the sizes to lower. Devices are bounded by <see cref="MicroBatchSize"/>. Default 4 GB (4,294,967,296).
    /// </summary>
    public long WorkMemory { get; set; } = WorkLimit.Default;

    /// <summary>What makes steps of gradients. Default <see cref="OptimizerKind.Muon"/>.</summary>
    public OptimizerKind Optimizer { get; set; } = OptimizerKind.Muon;

    /// <summary>The optimizer's learning rate, above 0: the highest that <see cref="LearningRateSchedule"/> reaches. Default 0.003.</summary>
    public float LearningRate { get; set; } = Defaults.LearningRate;

    /// <summary>
    /// How the learning rate goes from step to step, and the warm-up. Default: one cycle, which rises for a tenth of all steps and falls to 0.
    /// </summary>
    public LearningRateSchedule LearningRateSchedule { get; set; } = new() { Kind = LearningRateScheduleKind.OneCycle, RisingShare = 0.1 };

    /// <summary>
    /// The optimizer's decoupled weight decay, 0 or more: each step takes the learning rate x this share off the weights
    /// (Keras: <c>weight_decay</c>). Default 0.1.
    /// </summary>
    public float WeightDecay { get; set; } = Defaults.WeightDecay;

    /// <summary>
    /// Whether all weights decay, as in Keras, or only the matrices: not biases, positions and the scales and shifts of normalisations.
    /// Default false.
    /// </summary>
    public bool DecayAllWeights { get; set; }

    /// <summary>
    /// The largest norm of the gradient over all weights: a longer one is scaled down to it (PyTorch: <c>clip_grad_norm_</c>). Above 0,
    /// or null: gradients are not clipped. Default 1.
    /// </summary>
    public float? GradientClipNorm { get; set; } = 1;

    /// <summary>
    /// The decay of an exponential moving average of the weights, above 0 and below 1, such as 0.999: with it the average is what is
    /// validated, kept and returned (Keras: <c>use_ema</c>). Early on the decay is at most (1 + step) / (10 + step). Default null: no average.
    /// </summary>
    public float? AverageDecay { get; set; }

    /// <summary>
    /// The share of the target probability that is spread evenly over all classes, 0 to below 1. It raises the training loss, not that of
    /// validation, which is measured without. Default 0; 0.1 in a long recipe.
    /// </summary>
    public float LabelSmoothing { get; set; }

    /// <summary>
    /// Whether images of rare classes weigh more in the loss, so that every class counts the same in total. Not together with
    /// <see cref="ClassWeights"/>. Default false.
    /// </summary>
    public bool BalanceClasses { get; set; }

    /// <summary>
    /// The weight in the loss of the images of each class, in the order of the classes: 0 to 1,000,000, and not 0 for all that have images.
    /// A row's own weight is multiplied with it. Default null: 1 for all.
    /// </summary>
    public IReadOnlyList<float>? ClassWeights { get; set; }

    /// <summary>
    /// How training images are changed at random. Default <see cref="AugmentationOptions.Light"/>: shifted and mirrored (set
    /// <see cref="AugmentationOptions.HorizontalFlip"/> to 0 for letters and other things with a left and a right); in a long recipe
    /// <see cref="AugmentationOptions.RandAugment"/> too, two operations of strength 5.
    /// </summary>
    public AugmentationOptions Augmentation { get; set; } = AugmentationOptions.Light;

    /// <summary>When training stops before its last epoch, and whether the best weights are restored. Default null: it does not stop.</summary>
    public EarlyStopping? EarlyStopping { get; set; }

    /// <summary>
    /// A folder for checkpoints of the run, from which <see cref="Resume"/> goes on. It is made where it is missing; the newest two
    /// checkpoints are kept. One run writes to it at a time: another is refused with who does. A checkpoint that can't be written, such
    /// as on a full disk, is a warning in the log, and the next is tried when it is due. Default null: none are written.
    /// </summary>
    public string? CheckpointFolder { get; set; }

    /// <summary>A checkpoint is written after every so many epochs, and after the last; 1 or more. Default 1.</summary>
    public int CheckpointEveryEpochs { get; set; } = 1;

    /// <summary>A checkpoint is also written within an epoch when the last is this old; above zero. Default null: not within epochs.</summary>
    public TimeSpan? CheckpointInterval { get; set; }

    /// <summary>
    /// Whether to go on from the newest good checkpoint in <see cref="CheckpointFolder"/>: to the very bits that an uninterrupted run
    /// gives. Where there is none yet the run begins anew. All options must be those of the run, but for <see cref="Epoch"/>: with a higher
    /// one a run goes on longer, a finished one too, from then on at the learning rate that a run of so many epochs has at that place.
    /// Default false: a folder that already holds checkpoints is refused.
    /// </summary>
    public bool Resume { get; set; }

    /// <summary>Called after steps, at most about ten times a second, and after each epoch; on the training thread. Default null.</summary>
    [JsonIgnore]
    public Action<TrainingProgress>? MetricsCallback { get; set; }

    /// <summary>Stops the training after the step that is running, as <see cref="CancellationBehavior"/> says. Default: never.</summary>
    [JsonIgnore]
    public CancellationToken CancellationToken { get; set; }

    /// <summary>What a cancelled run does: throw, or return the best weights so far. Default: throw.</summary>
    public CancellationBehavior CancellationBehavior { get; set; }

    /// <summary>The learning rate of a step.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The steps of it that are done.</param>
    /// <param name="stepCount">The steps of an epoch.</param>
    internal float RateAt(int epoch, int step, int stepCount) => LearningRateSchedule.RateAt(LearningRate, (epoch - 1L) * stepCount + step, stepCount, Epoch);

    /// <summary>What of the options an engine has to know.</summary>
    internal SessionOptions ForSession(int seed, Ranks? ranks = null) => new()
    {
        Ranks = ranks,
        Seed = seed,
        Optimizer = Optimizer,
        WeightDecay = WeightDecay,
        DecayAllWeights = DecayAllWeights,
        GradientClipNorm = GradientClipNorm,
        AverageDecay = AverageDecay,
        LabelSmoothing = LabelSmoothing,
        MicroBatchSize = MicroBatchSize,
        WorkMemory = WorkMemory,
    };

    /// <summary>Checks all values at once.</summary>
    /// <returns>What is wrong, a sentence each.</returns>
    public virtual IReadOnlyList<string> Validate() => OptionsCheck.Run(this);

    void ICheckedOptions.Check(OptionsCheck check) => Check(check);

    /// <summary>Checks all values, and those of the options within.</summary>
    /// <param name="check">Collects what is wrong.</param>
    internal virtual void Check(OptionsCheck check)
    {
        check.AtLeast(Epoch, 0);
        check.AtLeast(BatchSize, 1);
        check.AtLeast(MicroBatchSize, 1);
        check.AtLeast(WorkMemory, 1);
        check.Named(Optimizer);
        check.Positive(LearningRate);
        check.AtLeast(WeightDecay, 0);
        check.Positive(GradientClipNorm);
        check.ProperShare(AverageDecay);
        check.ShareBelowOne(LabelSmoothing);
        if (ClassWeights is { } weights)
        {
            var text = string.Join(", ", weights.Select(weight => weight.ToString(CultureInfo.InvariantCulture)));
            check.That(weights.All(weight => weight is >= 0 and <= MostWeight) && weights.Any(weight => weight > 0), text, FormattableString.Invariant($"0 to {MostWeight} each, and one above 0"), nameof(ClassWeights));
            check.That(!BalanceClasses, text, "null where BalanceClasses is set", nameof(ClassWeights));
        }
        check.AtLeast(CheckpointEveryEpochs, 1);
        check.That(CheckpointInterval is null || CheckpointInterval > TimeSpan.Zero, CheckpointInterval, "above zero, or null");
        check.That(!Resume || CheckpointFolder is not null, "true", "false without a CheckpointFolder", nameof(Resume));
        check.OptionalText(CheckpointFolder, "a folder's path");
        check.Named(CancellationBehavior);
        check.Part(LearningRateSchedule);
        check.Part(Augmentation);
        check.OptionalPart(EarlyStopping);
    }
}
