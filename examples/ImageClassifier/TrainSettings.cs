using System.CommandLine;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The options of training on the command line. Those that are given go over the file of options, and that over the defaults.</summary>
internal static class TrainSettings
{
    private static readonly List<(Option Option, Action<ParseResult, TlbTrainer.Options> Apply)> All = [];

    private static readonly Option<string?> File = new("--options") { Description = "A JSON file of options, named as in TlbTrainer.Options with a small first letter." };

    static TrainSettings()
    {
        // A whole run: its length, its rates, its end, and going on
        Add<int>("--epochs", "How often the images are gone through.", (o, value) => o.Epoch = value);
        Add<float>("--learning-rate", "AdamW's learning rate: the highest of the schedule.", (o, value) => o.LearningRate = value);
        Add<LearningRateScheduleKind>("--schedule", "Constant, Cosine, OneCycle or Step.", (o, value) => o.LearningRateSchedule.Kind = value);
        Add<double>("--warmup-epochs", "The epochs in which the rate rises.", (o, value) => o.LearningRateSchedule.WarmupEpochs = value);
        Add<int>("--warmup-steps", "The same in steps.", (o, value) => o.LearningRateSchedule.WarmupSteps = value);
        Add<double>("--final-share", "The share of the rate that a cosine or one cycle ends at.", (o, value) => o.LearningRateSchedule.FinalShare = value);
        Add<double>("--initial-share", "The share of the rate that one cycle begins at.", (o, value) => o.LearningRateSchedule.InitialShare = value);
        Add<double>("--rising-share", "The share of one cycle in which the rate rises.", (o, value) => o.LearningRateSchedule.RisingShare = value);
        Add<int>("--step-epochs", "The epochs of a step.", (o, value) => o.LearningRateSchedule.StepEpochs = value);
        Add<double>("--gamma", "What the rate is multiplied by after each step.", (o, value) => o.LearningRateSchedule.Gamma = value);
        Add<float>("--average-decay", "The decay of a moving average of the weights, such as 0.999.", (o, value) => o.AverageDecay = value);
        Add<int>("--early-stopping", "Stop after so many epochs without an improvement, and restore the best weights.", (o, value) => (o.EarlyStopping ??= new()).Patience = value);
        Add<EarlyStoppingMetric>("--monitor", "The metric that early stopping watches, such as ValidationAccuracy.", (o, value) => (o.EarlyStopping ??= new()).Metric = value);
        Add<double>("--minimum-change", "The least change of that metric that counts as an improvement.", (o, value) => (o.EarlyStopping ??= new()).MinimumChange = value);
        Add<bool>("--restore-best", "Whether early stopping restores the best weights; it does by default.", (o, value) => (o.EarlyStopping ??= new()).RestoreBestWeights = value);
        Add<CancellationBehavior>("--on-cancel", "What Ctrl-C does after the step that runs: Throw, or ReturnBest to save the best model so far.", (o, value) => o.CancellationBehavior = value);
        Add<string>("--checkpoints", "A folder for checkpoints.", (o, value) => o.CheckpointFolder = value);
        Add<int>("--checkpoint-epochs", "Write a checkpoint after every so many epochs.", (o, value) => o.CheckpointEveryEpochs = value);
        Add<double>("--checkpoint-minutes", "Also write a checkpoint within epochs, this often.", (o, value) => o.CheckpointInterval = TimeSpan.FromMinutes(value));
        Add<bool>("--resume", "Go on from the newest checkpoint.", (o, value) => o.Resume = value);

        // A step
        var ofSteps = All.Count;
        Add<int>("--micro-batch-size", "The most images computed at once: bounds the memory of a large batch.", (o, value) => o.MicroBatchSize = value);
        Add(ComputeSettings.Device, (o, value) => o.Device = value);
        Add(ComputeSettings.Precision, (o, value) => o.Precision = value);
        Add<long>("--memory-budget", "The most bytes of pixels held in memory; images beyond it are decoded anew in each epoch.", (o, value) => o.MemoryBudget = value);
        Add<string>("--initial-weights", "A safetensors file with the weights to start from.", (o, value) => o.InitialWeightsFile = value);
        Add<float>("--weight-decay", "AdamW's weight decay.", (o, value) => o.WeightDecay = value);
        Add<bool>("--decay-all-weights", "Biases, positions and normalisations decay too, as in Keras.", (o, value) => o.DecayAllWeights = value);
        Add<float>("--clip-norm", "The largest norm of the gradient.", (o, value) => o.GradientClipNorm = value);
        Add<float>("--label-smoothing", "The share of the label that is spread over all classes.", (o, value) => o.LabelSmoothing = value);
        Add<bool>("--balance-classes", "Images of rare classes weigh more.", (o, value) => o.BalanceClasses = value);
        Add<float[]>("--class-weights", "The weight of each class in the loss, in the order of their names.", (o, value) => o.ClassWeights = value, severalValues: true);

        // The network, and the images that it sees
        var ofImages = All.Count;
        Add<int>("--image-size", "The network's input, in pixels.", (o, value) => o.Network = o.Network with { ImageSize = value });
        Add<int>("--patch-size", "A patch, in pixels.", (o, value) => o.Network = o.Network with { PatchSize = value });
        Add<int>("--embed-dim", "The width of a token.", (o, value) => o.Network = o.Network with { EmbeddingDimension = value });
        Add<int>("--chunk-size", "The tokens of a chunk.", (o, value) => o.Network = o.Network with { ChunkSize = value });
        Add<int>("--r", "The fast stream reads the state at every r-th block.", (o, value) => o.Network = o.Network with { R = value });
        Add<int>("--layers", "The layers of the fast stream.", (o, value) => o.Network = o.Network with { NumberOfLayers = value });
        Add<int>("--heads", "The attention heads.", (o, value) => o.Network = o.Network with { NumberOfHeads = value });
        Add<float>("--dropout", "The dropout rate in training, 0 to below 1.", (o, value) => o.Network = o.Network with { AttentionDropout = value, FeedForwardDropout = value });
        Add<int>("--batch-size", "The images of one step.", (o, value) => o.BatchSize = value);
        Add<int>("--random-crop", "Resize to so many pixels more than the network's size, and crop at random.", (o, value) => o.Augmentation.RandomCrop = value);
        Add<int>("--pad-crop", "Shift at random by up to so many pixels, mirrored at the edges.", (o, value) => o.Augmentation.PadCrop = value);
        Add<bool>("--random-resized-crop", "Cut out a part of random size and shape.", (o, value) => o.Augmentation.RandomResizedCrop = value ? o.Augmentation.RandomResizedCrop ?? new() : null);
        Add<float>("--flip", "The probability of swapping left and right.", (o, value) => o.Augmentation.HorizontalFlip = value);
        Add<float>("--flip-vertical", "The probability of swapping top and bottom.", (o, value) => o.Augmentation.VerticalFlip = value);
        Add<bool>("--color-jitter", "Random brightness, contrast, saturation and hue.", (o, value) => o.Augmentation.ColorJitter = value ? o.Augmentation.ColorJitter ?? new() : null);
        Add<bool>("--rand-augment", "A few random operations on each image.", (o, value) => o.Augmentation.RandAugment = value ? o.Augmentation.RandAugment ?? new() : null);
        Add<bool>("--random-erasing", "A random rectangle becomes grey.", (o, value) => o.Augmentation.RandomErasing = value ? o.Augmentation.RandomErasing ?? new() : null);
        Add<float>("--mixup", "Blends pairs of images and labels: alpha of the Beta distribution.", (o, value) => o.Augmentation.Mixup = value);
        Add<float>("--cutmix", "Replaces a rectangle by that of another image: alpha of the Beta distribution.", (o, value) => o.Augmentation.CutMix = value);
        Add<double>("--validation-fraction", "The share of each class of --data that is held out to measure on. Default of train: 0.1.", (o, value) => o.ValidationFraction = value);
        Add<float>("--cutmix-probability", "The share of batches for CutMix, where mixup is on too.", (o, value) => o.Augmentation.CutMixProbability = value);

        OfSteps = From(ofSteps);
        OfImages = From(ofImages);
    }

    /// <summary>The options, for the command.</summary>
    public static IEnumerable<Option> Options => From(0);

    /// <summary>Those that are not of a whole run only.</summary>
    public static IReadOnlyList<Option> OfSteps { get; }

    /// <summary>Those of the network and of the images that it sees.</summary>
    public static IReadOnlyList<Option> OfImages { get; }

    /// <summary>The options that were given.</summary>
    public static TlbTrainer.Options Read(ParseResult arguments)
    {
        var options = arguments.GetValue(File) is { } path ? FromFile(path) : new();
        options.FeatureColumnName = "Image";
        foreach (var (_, apply) in All.Where(setting => arguments.GetResult(setting.Option) is { Implicit: false }))
            apply(arguments, options);
        return options;
    }

    private static IReadOnlyList<Option> From(int first) => [File, .. All.Skip(first).Select(setting => setting.Option)];

    private static TlbTrainer.Options FromFile(string path)
    {
        try
        {
            return TlbTrainer.Options.FromJson(System.IO.File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new FormatException($"--options '{path}': {e.Message}", e);
        }
    }

    private static void Add<T>(string name, string description, Action<TlbTrainer.Options, T> set, bool severalValues = false) =>
        Add(new Option<T>(name) { Description = description, AllowMultipleArgumentsPerToken = severalValues }, set);

    private static void Add<T>(Option<T> option, Action<TlbTrainer.Options, T> set) =>
        All.Add((option, (arguments, options) => set(options, arguments.GetValue(option)!)));
}
