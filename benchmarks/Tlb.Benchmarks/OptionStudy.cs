using System.Globalization;
using Microsoft.ML.Data;
using Spectre.Console;
using Tlb.Core;
using Tlb.Cpu;
using Tlb.ML;

namespace Tlb.Benchmarks;

/// <summary>What each training option changes: short runs that differ from a base run in that option alone, with several seeds.</summary>
internal static class OptionStudy
{
    private const int Epochs = 10;

    private static readonly Variant[] Variants =
    [
        new("base", _ => { }),
        new("constant rate, no warm-up", o => o.LearningRateSchedule = new()),
        new("one-cycle", o => o.LearningRateSchedule = new() { Kind = LearningRateScheduleKind.OneCycle }),
        new("step: a tenth after 5 epochs", o => o.LearningRateSchedule = new() { Kind = LearningRateScheduleKind.Step, StepEpochs = 5, WarmupEpochs = 1 }),
        new("half the rate", o => o.LearningRate /= 2),
        new("twice the rate", o => o.LearningRate *= 2),
        new("batch of 64", o => o.BatchSize /= 2),
        new("batch of 256", o => o.BatchSize *= 2),
        new("micro-batches of 32", o => o.MicroBatchSize = 32),
        new("weight decay 0.05", o => o.WeightDecay = 0.05f),
        new("weight decay 0.05 on all weights", o => (o.WeightDecay, o.DecayAllWeights) = (0.05f, true)),
        new("gradient norm clipped at 1", o => o.GradientClipNorm = 1),
        new("average of weights, 0.99", o => o.AverageDecay = 0.99f),
        new("label smoothing 0.1", o => o.LabelSmoothing = 0.1f),
        new("dropout 0.1", _ => { }, Dropout: 0.1f),
        new("flip", o => o.Augmentation.HorizontalFlip = 0.5f),
        new("vertical flip", o => o.Augmentation.VerticalFlip = 0.5f),
        new("random crop 4, as the example", o => o.Augmentation.RandomCrop = 4),
        new("pad-crop 4", o => o.Augmentation.PadCrop = 4),
        new("flip and pad-crop 4", o => o.Augmentation = AugmentationOptions.Light),
        new("random resized crop", o => o.Augmentation.RandomResizedCrop = new()),
        new("color jitter", o => o.Augmentation.ColorJitter = new()),
        new("RandAugment", o => o.Augmentation.RandAugment = new()),
        new("random erasing", o => o.Augmentation.RandomErasing = new()),
        new("mixup 0.2", o => o.Augmentation.Mixup = 0.2f),
        new("CutMix 1", o => o.Augmentation.CutMix = 1),
        new("early stopping, best restored", o => o.EarlyStopping = new()),
    ];

    /// <summary>Small, and of the Keras example's form: 64,170 parameters for 10 classes.</summary>
    private static readonly TlbConfig Network = new() { ImageSize = 32, PatchSize = 4, EmbeddingDimension = 32, ChunkSize = 16, NumberOfLayers = 2 };

    /// <summary>Runs all variants and prints a table.</summary>
    /// <param name="folder">A folder of images of one size, one sub-folder per class.</param>
    /// <param name="trainingCount">The images to train on.</param>
    /// <param name="validationCount">The images to measure on: others.</param>
    /// <param name="seeds">The seeds, from 1.</param>
    /// <param name="only">Parts of the variants' names: those that match, and the base run; none for all.</param>
    public static int Run(string folder, int trainingCount, int validationCount, int seeds, IReadOnlyCollection<string> only)
    {
        var (training, validation, classes) = Read(folder, trainingCount, validationCount);
        var network = Network with { NumberOfClasses = classes };
        var baseline = new List<double>();
        var table = new Table().AddColumns("option", "validation accuracy, mean", "standard deviation", "against base", "training accuracy");
        Console.WriteLine($"{training.Count:N0} training and {validation.Count:N0} validation images of {folder}, {Epochs} epochs, seeds 1 to {seeds}");
        foreach (var (name, change, dropout) in Variants.Where(variant => variant.Name == "base" || only.Count == 0 || only.Any(variant.Name.Contains)))
        {
            var runs = Enumerable.Range(1, seeds).Select(seed => Fit(network with { AttentionDropout = dropout, FeedForwardDropout = dropout }, change, training, validation, seed)).ToList();
            var accuracies = runs.Select(run => 100 * run.ValidationAccuracy!.Value).ToList();
            if (name == "base")
                baseline.AddRange(accuracies);
            var deviation = Math.Sqrt(accuracies.Sum(a => Math.Pow(a - accuracies.Average(), 2)) / Math.Max(1, seeds - 1));
            table.AddRow(name, Text(accuracies.Average()), Text(deviation), accuracies.Zip(baseline, (a, b) => a - b).Average().ToString("+0.0;-0.0", CultureInfo.InvariantCulture),
                Text(100 * runs.Average(run => run.TrainingAccuracy)));
            Console.WriteLine($"{name}: {string.Join(", ", accuracies.Select(Text))}");
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static EpochRecord Fit(TlbConfig network, Action<TrainingOptions> change, ImageSet training, ImageSet validation, int seed)
    {
        var options = new TrainingOptions
        {
            Epoch = Epochs, BatchSize = 128, LearningRate = 2e-3f, LearningRateSchedule = new() { Kind = LearningRateScheduleKind.Cosine, WarmupEpochs = 1 },
            Optimizer = OptimizerKind.AdamW, WeightDecay = 1e-4f, GradientClipNorm = null, Augmentation = new(),
        };
        change(options);
        var history = new Trainer(new CpuEngine(), options).Fit(NetworkWeights.Initialize(network, seed), training, validation, seed).History;
        return history.Epochs.First(epoch => epoch.Epoch == history.ReturnedEpoch);
    }

    private static (ImageSet Training, ImageSet Validation, int Classes) Read(string folder, int trainingCount, int validationCount)
    {
        var files = ImageFolder.Find(folder);
        var classes = files.Select(file => file.Label).Distinct().Order(StringComparer.Ordinal).ToList();
        var chosen = files.ToArray();
        new Random(1).Shuffle(chosen);
        using var first = MLImage.CreateFromFile(Path.Combine(folder, chosen[0].ImagePath));
        var layout = new ImageLayout { Height = first.Height, Width = first.Width };
        return (Set(chosen.Take(trainingCount)), Set(chosen.Skip(trainingCount).Take(validationCount)), classes.Count);

        ImageSet Set(IEnumerable<ImageFile> some)
        {
            var images = new ImageSet(layout);
            var rgb = new byte[layout.ByteCount];
            foreach (var file in some)
            {
                using var image = MLImage.CreateFromFile(Path.Combine(folder, file.ImagePath));
                var blueFirst = image.PixelFormat == MLPixelFormat.Bgra32;
                for (var i = 0; i < rgb.Length; i++)
                    rgb[i] = image.Pixels[i / 3 * 4 + (blueFirst ? 2 - i % 3 : i % 3)];
                images.Add(rgb, classes.IndexOf(file.Label));
            }
            return images;
        }
    }

    /// <summary>What differs from the base run.</summary>
    private sealed record Variant(string Name, Action<TrainingOptions> Change, float Dropout = 0);

    private static string Text(double number) => number.ToString("F1", CultureInfo.InvariantCulture);
}
