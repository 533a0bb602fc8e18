using System.CommandLine;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The options of training on the command line. Those that are given go over the file of options, and that over the defaults.</summary>
internal static class TrainSettings
{
    private static readonly List<Setting> All = [];

    private const string ImageColumn = "Image";
    private const string LengthHeading = "Length and learning rate";
    private const string NetworkHeading = "Network";

    private static readonly ProgramOption<string?> OptionsFile = new(
        "--options", "A JSON file of options, named as in TlbTrainer.Options with a small first letter. Options given here go over those of the file; false after a flag switches off what the file switches on.")
    {
        HelpName = "file",
    };

    private static readonly ProgramOption<Recipe> RecipeName = new("--recipe", "Options that go well together, for 10, 30 or 100 epochs; not with --options. Each can still be given otherwise.")
    {
        Heading = LengthHeading, DefaultValueFactory = _ => Recipe.Standard,
    };

    private static readonly ProgramOption<string?> Network = new("--network", $"A network by its name, for the size of the images: {string.Join(", ", TlbConfig.Presets.Keys)}. Each of its options can still be given otherwise.")
    {
        Heading = NetworkHeading, HelpName = "name", Default = nameof(TlbConfig.Base),
    };

    private static readonly ProgramOption<int> ImageSize = new("--image-size", "The network's input, in pixels; with patches a multiple of the patch size.")
    {
        Heading = NetworkHeading, Range = "1 to 4096", Default = $"that of most images, at most {TrainCommand.LargestDefaultSize}, with convolutions; {TlbConfig.KerasExample.ImageSize} in KerasExample",
    };

    private static readonly ProgramOption<int> ChunkSize = new("--chunk-size", "The tokens of a chunk; in the Keras example's form it divides their number.")
    {
        Heading = NetworkHeading, Range = "1 to 65536", Default = $"a quarter of the tokens; {TlbConfig.KerasExample.ChunkSize} in KerasExample",
    };

    static TrainSettings()
    {
        AddRates(LengthHeading, SettingScopes.Run);
        AddEnd("The end of training", SettingScopes.Run);
        AddCheckpoints("Checkpoints", SettingScopes.Run);
        AddComputation(ComputeSettings.Heading, SettingScopes.Step);
        AddUpdate("Loss and update", SettingScopes.Step);
        AddNetwork(NetworkHeading, SettingScopes.Images);
        AddImages("Images", SettingScopes.Images);
        AddAugmentation("Augmentation of training images", SettingScopes.Images);
    }

    /// <summary>The options of some scopes, for a command.</summary>
    public static IEnumerable<Option> For(SettingScopes scopes) => [OptionsFile, RecipeName, Network, .. All.Where(setting => scopes.HasFlag(setting.Scope)).Select(setting => setting.Option)];

    /// <summary>The options that were given.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="imagesSize">Finds the size of the images, for a network that goes by it.</param>
    public static TlbTrainer.Options Read(ParseResult arguments, Func<int> imagesSize)
    {
        var options = arguments.GetValue(OptionsFile) is { } path ? FromFile(path, arguments) : new(arguments.GetValue(RecipeName));
        options.FeatureColumnName = ImageColumn;
        var kind = ReadNetwork(arguments);
        var goesBySize = kind is not null || options.Network is null;        // else it is the file's
        if (goesBySize)
            options.Network = NetworkFor(kind ?? TlbConfig.Base, () => Given(arguments, ImageSize) ? arguments.GetValue(ImageSize) : imagesSize());
        foreach (var setting in All.Where(setting => Given(arguments, setting.Option)))
            setting.Apply(arguments, options);
        if (goesBySize && !Given(arguments, ChunkSize))
            options.Network = WithQuarters(options.Network!);
        return options;
    }

    private static TlbConfig? ReadNetwork(ParseResult arguments) => arguments.GetValue(Network) is not { } name ? null
        : TlbConfig.Presets.TryGetValue(name, out var network) ? network
        : throw new ArgumentException($"--network is '{name}'; expected one of {string.Join(", ", TlbConfig.Presets.Keys)}.");

    /// <summary>The network of a kind for images of a size; a size that is out of range is found when the options are checked.</summary>
    private static TlbConfig NetworkFor(TlbConfig kind, Func<int> size)
    {
        if (kind.Tokenizer == TokenizerKind.Patches)                         // it has a size of its own
            return kind;
        var side = Math.Max(1, size());
        return TlbConfig.ForImages(side, side, kind);
    }

    /// <summary>The network in chunks of a quarter of its tokens, if it is valid and of the paper's form: other options may have changed how many it has.</summary>
    private static TlbConfig WithQuarters(TlbConfig network) => network.Form == TlbForm.Paper && (network with { ChunkSize = 1 }).Validate().Count == 0
        ? network with { ChunkSize = (network.TokenCount + 3) / 4 }
        : network;

    private static bool Given(ParseResult arguments, Option option) => arguments.GetResult(option) is { Implicit: false };

    private static void AddRates(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        var schedule = new Group<LearningRateSchedule>(heading, scope, o => o.LearningRateSchedule);
        run.Add<int>("--epochs", "How often the images are gone through.", "0 or more", o => o.Epoch, (o, value) => o.Epoch = value);
        run.Add<float>("--learning-rate", "The optimizer's learning rate: the highest of the schedule.", "a number above 0", o => o.LearningRate, (o, value) => o.LearningRate = value);
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
        run.AddNames<OptimizerKind>("--optimizer", "What makes steps of gradients.", o => o.Optimizer, (o, value) => o.Optimizer = value);
        run.Add<float>("--weight-decay", "The optimizer's weight decay.", "0 or more", o => o.WeightDecay, (o, value) => o.WeightDecay = value);
        run.Add<bool>("--decay-all-weights", "Biases, positions and normalisations decay too, as in Keras.", null, o => o.DecayAllWeights, (o, value) => o.DecayAllWeights = value);
        run.Add<float>("--clip-norm", "The largest norm of the gradient.", "a number above 0", o => o.GradientClipNorm, (o, value) => o.GradientClipNorm = value);
        run.Add<float>("--label-smoothing", "The share of the label that is spread over all classes.", "0 or more and less than 1", o => o.LabelSmoothing, (o, value) => o.LabelSmoothing = value);
        run.Add<bool>("--balance-classes", "Images of rare classes weigh more.", null, o => o.BalanceClasses, (o, value) => o.BalanceClasses = value);
        run.Add<float[]>("--class-weights", "The weight of each class in the loss, in the order of their names.", "0 to 1000000 each, and one above 0", o => o.ClassWeights, (o, value) => o.ClassWeights = value, whenNull: "1 each");
    }

    private static void AddNetwork(string heading, SettingScopes scope)
    {
        var network = new NetworkGroup(new Group<TlbTrainer.Options>(heading, scope, o => o));
        network.Add(ImageSize, (o, value) => o with { ImageSize = value });
        network.AddNames<TokenizerKind>("--tokenizer", "What makes tokens of an image.", o => o.Tokenizer, WithTokenizer);
        network.Add<int>("--patch-size", "A patch, in pixels.", "1 to 4096", o => o.PatchSize, (o, value) => o with { PatchSize = value });
        network.Add<int>("--convolution-layers", "The layers of convolutions, each of which halves the sides.", "1 to 8", _ => null, (o, value) => o with { ConvolutionLayers = value, ConvolutionPairs = Math.Min(o.ConvolutionPairs, Math.Max(0, value)) }, whenNull: "by the network and the image size");
        network.Add<int>("--convolution-pairs", "How many of the last layers are two convolutions.", "0 to 8", o => o.ConvolutionPairs, (o, value) => o with { ConvolutionPairs = value });
        network.Add<int>("--convolution-kernel", "The window of a convolution, in pixels.", "an odd number, 1 to 15", o => o.ConvolutionKernel, (o, value) => o with { ConvolutionKernel = value });
        network.Add<int>("--convolution-channels", "The channels of the first layer; pairs have twice as many each.", "1 to 8192", _ => null, (o, value) => o with { ConvolutionChannels = value }, whenNull: "by the network and the image size");
        network.Add<int>("--convolution-pooling", "The window of the pooling after a convolution.", "2 to 3", o => o.ConvolutionPooling, (o, value) => o with { ConvolutionPooling = value });
        network.Add<int>("--embed-dim", "The width of a token.", "1 to 8192", o => o.EmbeddingDimension, (o, value) => o with { EmbeddingDimension = value });
        network.AddNames<PositionKind>("--positions", "How places of tokens are told apart.", o => o.Positions, (o, value) => o with { Positions = value });
        network.Add(ChunkSize, (o, value) => o with { ChunkSize = value });
        network.AddNames<ChunkOrder>("--chunk-order", "Which tokens make a chunk.", o => o.ChunkOrder, (o, value) => o with { ChunkOrder = value });
        network.Add<int>("--states", "The state vectors.", "1 to 65536", o => o.NumberOfStates, (o, value) => o with { NumberOfStates = value });
        network.AddNames<StateKind>("--state-kind", "How the state begins.", o => o.StateKind, (o, value) => o with { StateKind = value });
        network.Add<int>("--r", "The fast stream reads the state after every r blocks; in the Keras example's form at every r-th.", "1 to 1024", o => o.R, (o, value) => o with { R = value });
        network.Add<int>("--layers", "The layers of the fast stream.", "1 to 1024", o => o.NumberOfLayers, (o, value) => o with { NumberOfLayers = value });
        network.Add<int>("--heads", "The attention heads.", "1 to 1024", o => o.NumberOfHeads, (o, value) => o with { NumberOfHeads = value });
        network.Add<int>("--expansion", "The hidden width of a feed-forward layer, in widths of a token.", "1 to 16", o => o.FeedForwardExpansion, (o, value) => o with { FeedForwardExpansion = value });
        network.AddNames<ReadOutKind>("--read-out", "What the classes are read from.", o => o.ReadOut, (o, value) => o with { ReadOut = value });
        network.Add<float>("--dropout", "The dropout rate in training.", "0 or more and less than 1", o => o.AttentionDropout, (o, value) => o with { AttentionDropout = value, FeedForwardDropout = value });
    }

    /// <summary>The network with another tokenizer, and without the options of its own.</summary>
    private static TlbConfig WithTokenizer(TlbConfig network, TokenizerKind tokenizer) => tokenizer == TokenizerKind.Patches
        ? network with
        {
            Tokenizer = tokenizer, ConvolutionLayers = TlbConfig.KerasExample.ConvolutionLayers, ConvolutionPairs = TlbConfig.KerasExample.ConvolutionPairs,
            ConvolutionKernel = TlbConfig.KerasExample.ConvolutionKernel,
            ConvolutionChannels = TlbConfig.KerasExample.ConvolutionChannels, ConvolutionPooling = TlbConfig.KerasExample.ConvolutionPooling,
        }
        : network with { Tokenizer = tokenizer, PatchSize = TlbConfig.KerasExample.PatchSize };

    private static void AddImages(string heading, SettingScopes scope)
    {
        var run = new Group<TlbTrainer.Options>(heading, scope, o => o);
        run.Add<int>("--batch-size", "The images of one step.", "1 or more", o => o.BatchSize, (o, value) => o.BatchSize = value);
        run.Add(
            new ProgramOption<RgbColor>("--background", "The colour that shows through where pictures are transparent. It goes into the model.")
            {
                Heading = heading, HelpName = "colour", Range = "red, green and blue in hexadecimal, such as #80ff00", Default = $"{new TlbTrainer.Options().Background}", Parse = RgbColor.Parse,
            },
            (o, value) => o.Background = value);
        run.Add<double>(
            "--validation-fraction", "The share of each class of --data that is held out to measure on.", "above 0 and below 1", o => o.ValidationFraction, (o, value) => o.ValidationFraction = value,
            whenNull: FormattableString.Invariant($"{TrainCommand.DefaultFraction} in train without --validation"));
    }

    private static void AddAugmentation(string heading, SettingScopes scope)
    {
        var augmentation = new Group<AugmentationOptions>(heading, scope, o => o.Augmentation);
        augmentation.Add<int>("--random-crop", "Resizes to so many pixels more than the network's size, and crops at random.", "0 to 1024", o => o.RandomCrop, (o, value) => WithoutShift(o, value > 0).RandomCrop = value);
        augmentation.Add<int>("--pad-crop", "Shifts at random by up to so many pixels, mirrored at the edges.", "0 to 1024", o => o.PadCrop, (o, value) => o.PadCrop = value, whenNull: "an eighth of the image; 0 with another crop");
        augmentation.Add<bool>("--random-resized-crop", "Cuts out a part of random size and shape.", null, o => o.RandomResizedCrop is not null, (o, value) => WithoutShift(o, value).RandomResizedCrop = value ? o.RandomResizedCrop ?? new() : null);
        augmentation.Add<float>("--flip", "The probability of swapping left and right.", "0 to 1", o => o.HorizontalFlip, (o, value) => o.HorizontalFlip = value);
        new Group<TlbTrainer.Options>(heading, scope, o => o).Add<bool>("--mirror", "With --flip: the model scores the mirror image of each picture too and takes the mean. On in a long recipe.", null, o => o.AverageMirrorImages, (o, value) => o.AverageMirrorImages = value);
        augmentation.Add<float>("--flip-vertical", "The probability of swapping top and bottom.", "0 to 1", o => o.VerticalFlip, (o, value) => o.VerticalFlip = value);
        augmentation.Add<bool>("--color-jitter", "Random brightness, contrast, saturation and hue.", null, o => o.ColorJitter is not null, (o, value) => o.ColorJitter = value ? o.ColorJitter ?? new() : null);
        augmentation.Add<bool>("--rand-augment", "A few random operations on each image.", null, o => o.RandAugment is not null, (o, value) => o.RandAugment = value ? o.RandAugment ?? new() : null);
        augmentation.Add<bool>("--random-erasing", "A random rectangle becomes grey.", null, o => o.RandomErasing is not null, (o, value) => o.RandomErasing = value ? o.RandomErasing ?? new() : null);
        augmentation.Add<float>("--mixup", "Blends pairs of images and labels: alpha of the Beta distribution.", "0 or more", o => o.Mixup, (o, value) => o.Mixup = value);
        augmentation.Add<float>("--cutmix", "Replaces a rectangle by that of another image: alpha of the Beta distribution.", "0 or more", o => o.CutMix, (o, value) => o.CutMix = value);
        augmentation.Add<float>("--cutmix-probability", "The share of images that get CutMix, where mixup is on too.", "0 to 1", o => o.CutMixProbability, (o, value) => o.CutMixProbability = value);
    }

    /// <summary>The same options, without the shift of a recipe where another crop takes its place.</summary>
    private static AugmentationOptions WithoutShift(AugmentationOptions options, bool hasOther)
    {
        if (hasOther)
            options.PadCrop ??= 0;
        return options;
    }

    /// <summary>A length of time; the trainer checks whether it is above zero.</summary>
    private static TimeSpan Minutes(string option, double value) => Math.Abs(value) < TimeSpan.MaxValue.TotalMinutes
        ? TimeSpan.FromMinutes(value)
        : throw new ArgumentException(FormattableString.Invariant($"{option} is {value}; expected a number above zero, such as 10."));

    private static TlbTrainer.Options FromFile(string path, ParseResult arguments)
    {
        if (Given(arguments, RecipeName))
            throw new ArgumentException("--recipe and --options are both given; expected one of them: a file has all options of a run.");
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

    /// <summary>Adds options of the network.</summary>
    /// <param name="Run">Adds options of the run.</param>
    private sealed record NetworkGroup(Group<TlbTrainer.Options> Run)
    {
        public void Add<T>(string name, string description, string? range, Func<TlbConfig, object?> get, Func<TlbConfig, T, TlbConfig> set, string whenNull = "none") =>
            Run.Add<T>(name, description, range, _ => get(TlbConfig.Base), (o, value) => o.Network = set(o.Network!, value), whenNull);

        public void AddNames<T>(string name, string description, Func<TlbConfig, T> get, Func<TlbConfig, T, TlbConfig> set) where T : struct, Enum =>
            Run.AddNames<T>(name, description, _ => get(TlbConfig.Base), (o, value) => o.Network = set(o.Network!, value));

        public void Add<T>(ProgramOption<T> option, Func<TlbConfig, T, TlbConfig> set) => Run.Add(option, (o, value) => o.Network = set(o.Network!, value));
    }
}
