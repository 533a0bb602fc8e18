using System.CommandLine;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The options of training on the command line. Those that are given go over the file of options, and that over the defaults.</summary>
internal static class TrainSettings
{
    private static readonly List<Setting> All = [];

    private const string ImageColumn = "Image";

    private static readonly ProgramOption<string?> OptionsFile = new(
        "--options", "A JSON file of options, named as in TlbTrainer.Options with a small first letter. Options given here go over those of the file; false after a flag switches off what the file switches on.")
    {
        HelpName = "file",
    };

    static TrainSettings()
    {
        AddRates("Length and learning rate", SettingScopes.Run);
        AddEnd("The end of training", SettingScopes.Run);
        AddCheckpoints("Checkpoints", SettingScopes.Run);
        AddComputation(ComputeSettings.Heading, SettingScopes.Step);
        AddUpdate("Loss and update", SettingScopes.Step);
        AddNetwork("Network", SettingScopes.Images);
        AddImages("Images", SettingScopes.Images);
        AddAugmentation("Augmentation of training images", SettingScopes.Images);
    }

    /// <summary>The options of some scopes, for a command.</summary>
    public static IEnumerable<Option> For(SettingScopes scopes) => [OptionsFile, .. All.Where(setting => scopes.HasFlag(setting.Scope)).Select(setting => setting.Option)];

    /// <summary>The options that were given.</summary>
    public static TlbTrainer.Options Read(ParseResult arguments)
    {
        var options = arguments.GetValue(OptionsFile) is { } path ? FromFile(path) : new();
        options.FeatureColumnName = ImageColumn;
        foreach (var setting in All.Where(setting => arguments.GetResult(setting.Option) is { Implicit: false }))
            setting.Apply(arguments, options);
        return options;
    }

    private static void AddRates(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        var schedule = new Group<LearningRateSchedule>(heading, scope, o => o.LearningRateSchedule);
        run.Add<int>("--epochs", "How often the images are gone through.", "0 or more", o => o.Epoch, (o, value) => o.Epoch = value);
        run.Add<float>("--learning-rate", "AdamW's learning rate: the highest of the schedule.", "a number above 0", o => o.LearningRate, (o, value) => o.LearningRate = value);
        schedule.AddNames<LearningRateScheduleKind>("--schedule", "How the rate goes on after the warm-up.", o => o.Kind, (o, value) => o.Kind = value);
        schedule.Add<double>("--warmup-epochs", "The epochs in which the rate rises; not with OneCycle.", "0 to 1000000", o => o.WarmupEpochs, (o, value) => o.WarmupEpochs = value);
        schedule.Add<int>("--warmup-steps", "The same in steps.", "0 or more", o => o.WarmupSteps, (o, value) => o.WarmupSteps = value);
        schedule.Add<double>("--final-share", "The share of the rate that a cosine or one cycle ends at.", "0 to 1", o => o.FinalShare, (o, value) => o.FinalShare = value);
        schedule.Add<double>("--initial-share", "The share of the rate that one cycle begins at.", "0 to 1", o => o.InitialShare, (o, value) => o.InitialShare = value);
        schedule.Add<double>("--rising-share", "The share of one cycle in which the rate rises.", "0 or more and less than 1", o => o.RisingShare, (o, value) => o.RisingShare = value);
        schedule.Add<int>("--step-epochs", "The epochs between two falls of a step schedule.", "1 or more", o => o.StepEpochs, (o, value) => o.StepEpochs = value);
        schedule.Add<double>("--gamma", "What a step schedule multiplies the rate by at each fall.", "more than 0, up to 1", o => o.Gamma, (o, value) => o.Gamma = value);
        run.Add<float>("--average-decay", "The decay of a moving average of the weights, such as 0.999: the average is validated and saved.", "above 0 and below 1", o => o.AverageDecay, (o, value) => o.AverageDecay = value);
    }

    private static void AddEnd(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        var stopping = new Group<EarlyStopping>(heading, scope, o => o.EarlyStopping ??= new());
        run.Add<int>("--early-stopping", "Stops after so many epochs without an improvement, and restores the best weights.", "1 or more", o => o.EarlyStopping?.Patience, (o, value) => (o.EarlyStopping ??= new()).Patience = value);
        stopping.AddNames<EarlyStoppingMetric>("--monitor", "The metric that early stopping watches.", o => o.Metric, (o, value) => o.Metric = value);
        stopping.Add<double>("--minimum-change", "The metric must change by more than this to count as an improvement.", "0 or more", o => o.MinimumChange, (o, value) => o.MinimumChange = value);
        stopping.Add<bool>("--restore-best", "Whether early stopping restores the best weights.", null, o => o.RestoreBestWeights, (o, value) => o.RestoreBestWeights = value, valueName: "true|false");
        run.AddNames<CancellationBehavior>("--on-cancel", "What Ctrl-C does after the step that runs; ReturnBest saves the best model so far.", o => o.CancellationBehavior, (o, value) => o.CancellationBehavior = value);
    }

    private static void AddCheckpoints(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        run.Add<string>("--checkpoints", "A folder for checkpoints.", null, o => o.CheckpointFolder, (o, value) => o.CheckpointFolder = value, valueName: "folder");
        run.Add<int>("--checkpoint-epochs", "Writes a checkpoint after every so many epochs.", "1 or more", o => o.CheckpointEveryEpochs, (o, value) => o.CheckpointEveryEpochs = value);
        run.Add<double>("--checkpoint-minutes", "Also writes a checkpoint within epochs, this often.", "above zero", o => o.CheckpointInterval?.TotalMinutes, (o, value) => o.CheckpointInterval = Minutes("--checkpoint-minutes", value));
        run.Add<bool>("--resume", "Goes on from the newest checkpoint; with more --epochs than before a run goes on longer.", null, o => o.Resume, (o, value) => o.Resume = value);
    }

    private static void AddComputation(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        run.Add(ComputeSettings.Device, (o, value) => o.Device = value);
        run.Add(ComputeSettings.Precision, (o, value) => o.Precision = value);
        run.Add(ComputeSettings.WorkMemory, (o, value) => o.WorkMemory = value);
        run.Add<int>("--micro-batch-size", "The most images computed at once: bounds the memory of a large batch.", "1 or more", o => o.MicroBatchSize, (o, value) => o.MicroBatchSize = value, whenNull: "the whole batch");
        run.Add<long>("--memory-budget", "The most bytes of pixels held in memory; images beyond it are decoded anew in each epoch.", "1 or more", o => o.MemoryBudget, (o, value) => o.MemoryBudget = value);
        run.Add<string>("--initial-weights", "A model zip or a safetensors file with the weights to start from: of the same network and classes.", null, o => o.InitialWeightsFile, (o, value) => o.InitialWeightsFile = value, whenNull: "random weights", valueName: "file");
    }

    private static void AddUpdate(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        run.Add<float>("--weight-decay", "AdamW's weight decay.", "0 or more", o => o.WeightDecay, (o, value) => o.WeightDecay = value);
        run.Add<bool>("--decay-all-weights", "Biases, positions and normalisations decay too, as in Keras.", null, o => o.DecayAllWeights, (o, value) => o.DecayAllWeights = value);
        run.Add<float>("--clip-norm", "The largest norm of the gradient.", "a number above 0", o => o.GradientClipNorm, (o, value) => o.GradientClipNorm = value);
        run.Add<float>("--label-smoothing", "The share of the label that is spread over all classes.", "0 or more and less than 1", o => o.LabelSmoothing, (o, value) => o.LabelSmoothing = value);
        run.Add<bool>("--balance-classes", "Images of rare classes weigh more.", null, o => o.BalanceClasses, (o, value) => o.BalanceClasses = value);
        run.Add<float[]>("--class-weights", "The weight of each class in the loss, in the order of their names.", "0 to 1000000 each, and one above 0", o => o.ClassWeights, (o, value) => o.ClassWeights = value, whenNull: "1 each");
    }

    private static void AddNetwork(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        run.AddNames<TlbForm>("--form", "Which reading of the network it is.", o => o.Network.Form, (o, value) => o.Network = o.Network with { Form = value });
        run.Add<int>("--image-size", "The network's input, in pixels: a multiple of the patch size.", "1 to 4096", o => o.Network.ImageSize, (o, value) => o.Network = o.Network with { ImageSize = value });
        run.AddNames<TokenizerKind>("--tokenizer", "What makes tokens of an image; Convolutions with Paper.", o => o.Network.Tokenizer, (o, value) => o.Network = o.Network with { Tokenizer = value });
        run.Add<int>("--patch-size", "A patch, in pixels.", "1 to 4096", o => o.Network.PatchSize, (o, value) => o.Network = o.Network with { PatchSize = value });
        run.Add<int>("--convolution-layers", "The convolutions, each of which halves the sides.", "1 to 8", o => o.Network.ConvolutionLayers, (o, value) => o.Network = o.Network with { ConvolutionLayers = value });
        run.Add<int>("--convolution-kernel", "The window of a convolution, in pixels.", "an odd number, 1 to 15", o => o.Network.ConvolutionKernel, (o, value) => o.Network = o.Network with { ConvolutionKernel = value });
        run.Add<int>("--convolution-channels", "The channels between convolutions.", "1 to 8192", o => o.Network.ConvolutionChannels, (o, value) => o.Network = o.Network with { ConvolutionChannels = value });
        run.Add<int>("--convolution-pooling", "The window of the pooling after a convolution.", "2 to 3", o => o.Network.ConvolutionPooling, (o, value) => o.Network = o.Network with { ConvolutionPooling = value });
        run.Add<int>("--embed-dim", "The width of a token.", "1 to 8192", o => o.Network.EmbeddingDimension, (o, value) => o.Network = o.Network with { EmbeddingDimension = value });
        run.AddNames<PositionKind>("--positions", "How places of tokens are told apart; Sinusoidal with Paper.", o => o.Network.Positions, (o, value) => o.Network = o.Network with { Positions = value });
        run.Add<int>("--chunk-size", "The tokens of a chunk; without Paper it divides the number of patches.", "1 to 65536", o => o.Network.ChunkSize, (o, value) => o.Network = o.Network with { ChunkSize = value });
        run.AddNames<ChunkOrder>("--chunk-order", "Which tokens make a chunk; others with Paper.", o => o.Network.ChunkOrder, (o, value) => o.Network = o.Network with { ChunkOrder = value });
        run.Add<int>("--states", "The state vectors, with Paper.", "1 to 65536", o => o.Network.NumberOfStates, (o, value) => o.Network = o.Network with { NumberOfStates = value });
        run.AddNames<StateKind>("--state-kind", "How the state begins, with Paper.", o => o.Network.StateKind, (o, value) => o.Network = o.Network with { StateKind = value });
        run.Add<int>("--r", "The fast stream reads the state at every r-th block.", "1 to 1024", o => o.Network.R, (o, value) => o.Network = o.Network with { R = value });
        run.Add<int>("--layers", "The layers of the fast stream.", "1 to 1024", o => o.Network.NumberOfLayers, (o, value) => o.Network = o.Network with { NumberOfLayers = value });
        run.Add<int>("--heads", "The attention heads.", "1 to 1024", o => o.Network.NumberOfHeads, (o, value) => o.Network = o.Network with { NumberOfHeads = value });
        run.Add<int>("--expansion", "The hidden width of a feed-forward layer, in widths of a token.", "1 to 16", o => o.Network.FeedForwardExpansion, (o, value) => o.Network = o.Network with { FeedForwardExpansion = value });
        run.AddNames<ReadOutKind>("--read-out", "What the classes are read from, with Paper.", o => o.Network.ReadOut, (o, value) => o.Network = o.Network with { ReadOut = value });
        run.Add<float>("--dropout", "The dropout rate in training.", "0 or more and less than 1", o => o.Network.AttentionDropout, (o, value) => o.Network = o.Network with { AttentionDropout = value, FeedForwardDropout = value });
    }

    private static void AddImages(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        run.Add<int>("--batch-size", "The images of one step.", "1 or more", o => o.BatchSize, (o, value) => o.BatchSize = value);
        run.Add<double>(
            "--validation-fraction", "The share of each class of --data that is held out to measure on.", "above 0 and below 1", o => o.ValidationFraction, (o, value) => o.ValidationFraction = value,
            whenNull: FormattableString.Invariant($"{TrainCommand.DefaultFraction} in train without --validation"));
    }

    private static void AddAugmentation(string heading, SettingScopes scope)
    {
        var augmentation = new Group<AugmentationOptions>(heading, scope, o => o.Augmentation);
        augmentation.Add<int>("--random-crop", "Resizes to so many pixels more than the network's size, and crops at random.", "0 to 1024", o => o.RandomCrop, (o, value) => o.RandomCrop = value);
        augmentation.Add<int>("--pad-crop", "Shifts at random by up to so many pixels, mirrored at the edges.", "0 to 1024", o => o.PadCrop, (o, value) => o.PadCrop = value);
        augmentation.Add<bool>("--random-resized-crop", "Cuts out a part of random size and shape.", null, o => o.RandomResizedCrop is not null, (o, value) => o.RandomResizedCrop = value ? o.RandomResizedCrop ?? new() : null);
        augmentation.Add<float>("--flip", "The probability of swapping left and right.", "0 to 1", o => o.HorizontalFlip, (o, value) => o.HorizontalFlip = value);
        augmentation.Add<float>("--flip-vertical", "The probability of swapping top and bottom.", "0 to 1", o => o.VerticalFlip, (o, value) => o.VerticalFlip = value);
        augmentation.Add<bool>("--color-jitter", "Random brightness, contrast, saturation and hue.", null, o => o.ColorJitter is not null, (o, value) => o.ColorJitter = value ? o.ColorJitter ?? new() : null);
        augmentation.Add<bool>("--rand-augment", "A few random operations on each image.", null, o => o.RandAugment is not null, (o, value) => o.RandAugment = value ? o.RandAugment ?? new() : null);
        augmentation.Add<bool>("--random-erasing", "A random rectangle becomes grey.", null, o => o.RandomErasing is not null, (o, value) => o.RandomErasing = value ? o.RandomErasing ?? new() : null);
        augmentation.Add<float>("--mixup", "Blends pairs of images and labels: alpha of the Beta distribution.", "0 or more", o => o.Mixup, (o, value) => o.Mixup = value);
        augmentation.Add<float>("--cutmix", "Replaces a rectangle by that of another image: alpha of the Beta distribution.", "0 or more", o => o.CutMix, (o, value) => o.CutMix = value);
        augmentation.Add<float>("--cutmix-probability", "The share of images that get CutMix, where mixup is on too.", "0 to 1", o => o.CutMixProbability, (o, value) => o.CutMixProbability = value);
    }

    /// <summary>A length of time; the trainer checks whether it is above zero.</summary>
    private static TimeSpan Minutes(string option, double value) => Math.Abs(value) < TimeSpan.MaxValue.TotalMinutes
        ? TimeSpan.FromMinutes(value)
        : throw new ArgumentException(FormattableString.Invariant($"{option} is {value}; expected a number above zero, such as 10."));

    private static TlbTrainer.Options FromFile(string path)
    {
        try
        {
            var options = TlbTrainer.Options.FromJson(File.ReadAllText(path));
            CheckColumns(options);
            return options;
        }
        catch (FormatException e)
        {
            throw new FormatException($"--options '{path}': {e.Message}", e);
        }
    }

    /// <summary>The columns of a folder's images, and of what score, predict and explain look for in a model, are the program's own.</summary>
    private static void CheckColumns(TlbTrainer.Options options)
    {
        var defaults = new TlbTrainer.Options();
        Check("labelColumnName", options.LabelColumnName, defaults.LabelColumnName);
        Check("featureColumnName", options.FeatureColumnName, defaults.FeatureColumnName, ImageColumn);
        Check("exampleWeightColumnName", options.ExampleWeightColumnName, defaults.ExampleWeightColumnName);
        Check("scoreColumnName", options.ScoreColumnName, defaults.ScoreColumnName);
        Check("predictedLabelColumnName", options.PredictedLabelColumnName, defaults.PredictedLabelColumnName);

        static void Check(string name, string? value, params string?[] usable)
        {
            if (!usable.Contains(value, StringComparer.Ordinal))
                throw new FormatException($"{name} is '{value}'; this program names its columns itself: leave it out.");
        }
    }

    private sealed record Setting(Option Option, SettingScopes Scope, Action<ParseResult, TlbTrainer.Options> Apply);

    /// <summary>Adds options of one heading and scope.</summary>
    /// <param name="Heading">The heading.</param>
    /// <param name="Scope">The scope.</param>
    /// <param name="Part">The part of the options that they are in.</param>
    private sealed record Group<TPart>(string Heading, SettingScopes Scope, Func<TlbTrainer.Options, TPart> Part)
    {
        /// <summary>Adds an option.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="description">What it does.</param>
        /// <param name="range">The values that it may have; null for any.</param>
        /// <param name="get">Finds its default.</param>
        /// <param name="set">Sets it where it is given.</param>
        /// <param name="whenNull">What a default of null means.</param>
        /// <param name="valueName">What kind of value it takes, where the type doesn't say so.</param>
        public void Add<T>(
            string name, string description, string? range, Func<TPart, object?> get, Action<TPart, T> set, string whenNull = "none", string? valueName = null) =>
            Add(
                new ProgramOption<T>(name, description)
                {
                    Heading = Heading, Range = range, Default = ProgramOption<T>.Text(get(Part(new()))) ?? whenNull, HelpName = valueName,
                    AllowMultipleArgumentsPerToken = typeof(T).IsArray,
                },
                set);

        /// <summary>Adds an option that takes one of the names of an enum.</summary>
        public void AddNames<T>(string name, string description, Func<TPart, T> get, Action<TPart, T> set) where T : struct, Enum =>
            Add(new ProgramOption<T>(name, description) { Heading = Heading, Default = $"{get(Part(new()))}" }, set);

        /// <summary>Adds an option that other commands have too.</summary>
        public void Add<T>(ProgramOption<T> option, Action<TPart, T> set) =>
            All.Add(new(option, Scope, (arguments, options) => set(Part(options), arguments.GetValue(option)!)));
    }
}
