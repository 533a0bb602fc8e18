using System.Text.RegularExpressions;
using static Tlb.ML.Tests.ImageClassifierProgram;

namespace Tlb.ML.Tests;

/// <summary>What <c>--help</c> prints.</summary>
public sealed class HelpProgramTests
{
    private const int Width = 100;

    /// <summary>The member of the options that each option of training sets.</summary>
    private static readonly Dictionary<string, string> Members = new()
    {
        ["--epochs"] = "Epoch", ["--learning-rate"] = "LearningRate", ["--schedule"] = "LearningRateSchedule.Kind", ["--warmup-epochs"] = "LearningRateSchedule.WarmupEpochs",
        ["--warmup-steps"] = "LearningRateSchedule.WarmupSteps", ["--final-share"] = "LearningRateSchedule.FinalShare", ["--initial-share"] = "LearningRateSchedule.InitialShare",
        ["--rising-share"] = "LearningRateSchedule.RisingShare", ["--step-epochs"] = "LearningRateSchedule.StepEpochs", ["--gamma"] = "LearningRateSchedule.Gamma",
        ["--average-decay"] = "AverageDecay", ["--early-stopping"] = "EarlyStopping.Patience", ["--monitor"] = "EarlyStopping.Metric", ["--minimum-change"] = "EarlyStopping.MinimumChange",
        ["--restore-best"] = "EarlyStopping.RestoreBestWeights", ["--mirror"] = "AverageMirrorImages", ["--on-cancel"] = "CancellationBehavior", ["--checkpoints"] = "CheckpointFolder",
        ["--checkpoint-epochs"] = "CheckpointEveryEpochs", ["--checkpoint-minutes"] = "CheckpointInterval", ["--resume"] = "Resume", ["--device"] = "Device", ["--precision"] = "Precision",
        ["--micro-batch-size"] = "MicroBatchSize", ["--memory-budget"] = "MemoryBudget", ["--work-memory"] = "WorkMemory", ["--initial-weights"] = "InitialWeightsFile", ["--optimizer"] = "Optimizer", ["--weight-decay"] = "WeightDecay",
        ["--decay-all-weights"] = "DecayAllWeights", ["--clip-norm"] = "GradientClipNorm", ["--label-smoothing"] = "LabelSmoothing", ["--balance-classes"] = "BalanceClasses",
        ["--class-weights"] = "ClassWeights", ["--image-size"] = "Network.ImageSize", ["--patch-size"] = "Network.PatchSize", ["--embed-dim"] = "Network.EmbeddingDimension",
        ["--chunk-size"] = "Network.ChunkSize", ["--r"] = "Network.R", ["--layers"] = "Network.NumberOfLayers", ["--heads"] = "Network.NumberOfHeads",
        ["--tokenizer"] = "Network.Tokenizer", ["--convolution-layers"] = "Network.ConvolutionLayers", ["--convolution-pairs"] = "Network.ConvolutionPairs", ["--convolution-kernel"] = "Network.ConvolutionKernel",
        ["--convolution-channels"] = "Network.ConvolutionChannels", ["--convolution-pooling"] = "Network.ConvolutionPooling", ["--positions"] = "Network.Positions",
        ["--chunk-order"] = "Network.ChunkOrder", ["--states"] = "Network.NumberOfStates", ["--state-kind"] = "Network.StateKind", ["--expansion"] = "Network.FeedForwardExpansion",
        ["--read-out"] = "Network.ReadOut",
        ["--dropout"] = "Network.AttentionDropout", ["--batch-size"] = "BatchSize", ["--background"] = "Background", ["--validation-fraction"] = "ValidationFraction", ["--random-crop"] = "Augmentation.RandomCrop",
        ["--pad-crop"] = "Augmentation.PadCrop", ["--random-resized-crop"] = "Augmentation.RandomResizedCrop", ["--flip"] = "Augmentation.HorizontalFlip",
        ["--flip-vertical"] = "Augmentation.VerticalFlip", ["--color-jitter"] = "Augmentation.ColorJitter", ["--rand-augment"] = "Augmentation.RandAugment",
        ["--random-erasing"] = "Augmentation.RandomErasing", ["--mixup"] = "Augmentation.Mixup", ["--cutmix"] = "Augmentation.CutMix", ["--cutmix-probability"] = "Augmentation.CutMixProbability",
    };

    /// <summary>The options of train that the program has for itself, and their defaults.</summary>
    private static readonly Dictionary<string, string> OwnDefaults = new()
    {
        ["--data"] = "Required.", ["--model"] = "Required.", ["--validation"] = "Default a share of --data.", ["--seed"] = "Any integer; default 1.", ["--no-resize"] = "Default off.",
        ["--skip-bad-images"] = "Default off.", ["--max-pixels"] = "1 or more; default 100000000.", ["--history"] = "Default none.", ["--report"] = "Default none.", ["--save-options"] = "Default none.", ["--options"] = "Default none.",
        ["--recipe"] = "One of Short, Standard, Long; default Standard.", ["--network"] = "Default Base.",
    };

    [Theory]
    [InlineData("")]
    [InlineData("train")]
    [InlineData("preview")]
    [InlineData("find-rate")]
    [InlineData("score")]
    [InlineData("merge")]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("explain")]
    [InlineData("export")]
    [InlineData("report")]
    public void Every_option_says_what_happens_without_it_in_lines_that_fit(string command)
    {
        var help = Help(command);
        Assert.DoesNotContain(help.Split('\n'), line => line.TrimEnd('\r').Length > Width);
        var entries = Entries(help);
        Assert.Contains("--help", entries.Keys);
        Assert.All(entries.Where(entry => entry.Key is not ("--help" or "--version")), entry => Assert.Matches(@"(Required|[Dd]efault .+)\.$", entry.Value));
    }

    [Theory]
    [InlineData(80, 80)]
    [InlineData(20, 60)]                                                     // narrower is left to the terminal
    [InlineData(200, Width)]
    public void Lines_go_with_the_width_of_the_terminal(int columns, int longest)
    {
        var (status, help) = Run(["train", "--help"], columns: columns);
        Assert.True(status == 0, help);
        Assert.InRange(help.Split('\n').Max(line => line.TrimEnd('\r').Length), longest - 10, longest);
    }

    [Fact]
    public void Every_option_of_train_shows_the_default_that_the_trainer_has()
    {
        var entries = Entries(Help("train"));
        Assert.Equal(entries.Keys.Order(StringComparer.Ordinal), Members.Keys.Concat(OwnDefaults.Keys).Append("--help").Order(StringComparer.Ordinal));
        Assert.All(OwnDefaults, option => Assert.EndsWith(option.Value, entries[option.Key], StringComparison.Ordinal));
        Assert.All(Members, option => Assert.Matches($@"[Dd]efault {Default(option.Value)}\.$", entries[option.Key]));
    }

    [Fact]
    public void Every_number_of_train_shows_the_range_that_the_trainer_checks()
    {
        using var folder = new TempFolder();
        var entries = Entries(Help("train"));
        var numbers = Members.Keys.Where(option => Regex.IsMatch(entries[option], "^<(integer|number)>")).ToList();
        var (status, output) = Run(["train", "--data", folder.Path, "--model", folder["model.zip"], .. numbers.SelectMany(option => new[] { option, "-1" })]);
        Assert.Equal(1, status);
        var expected = Regex.Matches(output, @"Options\.(?<member>\S+) is \S+; expected (?<range>.+?)(, or null)?\.(?= Options\.|\s*$)")
            .ToDictionary(match => match.Groups["member"].Value, match => match.Groups["range"].Value);
        Assert.Equal(numbers.Count + 1, expected.Count);                     // --dropout sets two
        Assert.All(numbers, option => Assert.Contains($" {expected[Members[option]]}; default ", entries[option], StringComparison.OrdinalIgnoreCase));
    }

    private static string Help(string command)
    {
        var (status, output) = Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], columns: null);
        Assert.True(status == 0, output);
        return output;
    }

    /// <summary>What is said of each option, in one line.</summary>
    private static Dictionary<string, string> Entries(string help) =>
        Regex.Matches(help.ReplaceLineEndings("\n"), @"^  (?<name>--\S+) +(?<text>.+(\n {3,}.+)*)", RegexOptions.Multiline)
            .ToDictionary(match => match.Groups["name"].Value, match => Regex.Replace(match.Groups["text"].Value, @"\s+", " "));

    /// <summary>A pattern of the default of a member.</summary>
    private static string Default(string member)
    {
        object? value = new TlbTrainer.Options { EarlyStopping = new(), Network = TlbConfig.Base };
        var type = value.GetType();
        foreach (var name in member.Split('.'))
        {
            var property = type.GetProperty(name)!;
            (value, type) = (property.GetValue(value), property.PropertyType);
        }
        return value switch
        {
            _ when member == "EarlyStopping.Patience" => "none",             // which turns it on
            _ when member is "Network.ImageSize" or "Network.ConvolutionLayers" or "Network.ChunkSize" or "Network.ConvolutionChannels" => ".+", // by the size of the images
            null when type.Assembly == typeof(TlbConfig).Assembly => "off",
            null => ".+",
            bool isOn => isOn ? "on" : "off",
            _ => Regex.Escape(FormattableString.Invariant($"{value}")),
        };
    }
}
