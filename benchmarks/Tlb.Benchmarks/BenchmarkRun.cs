using System.Diagnostics;
using System.Globalization;
using Tlb.Core;
using Tlb.Cpu;

namespace Tlb.Benchmarks;

/// <summary>All parts of the benchmark.</summary>
internal static class BenchmarkRun
{
    private const int FewFiles = 10_000;
    private const int ManyFiles = 50_000;
    private const int TrainingFiles = 45_000;
    private const int SeveralEpochs = 5;

    public static int Run(string work, int rounds, string peer, IReadOnlyCollection<string> only, IReadOnlyCollection<string> networks)
    {
        var (results, workload) = (new Results(), new Workload(work, networks.First()));
        Console.WriteLine($"{new CpuEngine().Description}; {rounds} rounds");
        if (Wants("steps"))
        {
            foreach (var network in networks)
                new StepBenchmarks(new(work, network), peer, rounds).Run(results);
            WeightCopyBenchmark.Run(rounds, results);
        }
        if (Wants("loop"))
            Loop(workload, rounds, results);
        if (Wants("folder"))
            Folder(workload, work, rounds, results);
        if (Wants("memory"))
            Memory(workload, work, results);
        if (Wants("start"))
            Start(workload, rounds, results);
        results.Print();
        results.Save(Path.Combine(work, "results.json"));
        Console.WriteLine($"The same as JSON: {Path.Combine(work, "results.json")}");
        return 0;

        bool Wants(string part) => only.Count == 0 || only.Contains(part);
    }

    /// <summary>A training run, with shuffling, batches, metrics, progress and history, against its steps alone; and what augmentation costs.</summary>
    private static void Loop(Workload workload, int rounds, Results results)
    {
        const int Steps = 8;
        var images = new ImageSet(workload.Images.Layout);
        for (var step = 0; step < Steps; step++)
            for (var i = 0; i < workload.Images.Count; i++)
                images.Add(workload.Images.Image(i), workload.Images.Labels[i]);
        using var session = new CpuEngine().StartTraining(workload.Weights, new() { Seed = 1 });
        Dictionary<string, AugmentationOptions> runs = new()
        {
            ["a training run, images as they are"] = new(),
            ["a training run with flips and shifts"] = AugmentationOptions.Light,
            ["a training run with RandAugment, erasing and mixup"] = new() { HorizontalFlip = 0.5f, RandAugment = new(), RandomErasing = new(), Mixup = 0.2f },
        };
        var bare = new List<double>();
        var rates = runs.Keys.ToDictionary(name => name, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            bare.Add(Rate(() =>
            {
                for (var step = 0; step < Steps; step++)
                    session.RunStep(workload.Images, 1e-3f);
            }));
            foreach (var (name, augmentation) in runs)
            {
                var options = new TrainingOptions { Epoch = 1, BatchSize = Workload.BatchSize, Augmentation = augmentation, Optimizer = OptimizerKind.AdamW, GradientClipNorm = null, MetricsCallback = _ => { } };
                rates[name].Add(Rate(() => new Trainer(new CpuEngine(), options).Fit(workload.Weights, images, null, seed: 1)));
            }
        }
        foreach (var (name, rate) in rates)
            results.Add(name, "images/s", rate, bare, "its steps alone", moreIsBetter: true);

        double Rate(Action train)
        {
            var watch = Stopwatch.StartNew();
            train();
            return images.Count / watch.Elapsed.TotalSeconds;
        }
    }

    /// <summary>A folder of files to a CSV file, process start included, against scoring the same images in memory.</summary>
    private static void Folder(Workload workload, string work, int rounds, Results results)
    {
        var (model, files) = (workload.SaveModel(), workload.ImageFiles(FewFiles));
        using var scorer = new CpuEngine().CreateScorer(workload.Weights);
        var batch = new ImageBatch(new() { Height = 32, Width = 32 }, Workload.BatchSize);
        for (var i = 0; i < batch.Capacity; i++)
            new Random(i).NextBytes(batch.Add());
        var probabilities = new float[batch.Count * Workload.Classes];
        scorer.Score(batch, probabilities);
        List<double> folder = [], memory = [];
        for (var round = 0; round < rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            const int Times = 16;
            for (var i = 0; i < Times; i++)
                scorer.Score(batch, probabilities);
            memory.Add(Times * batch.Count / watch.Elapsed.TotalSeconds);
            folder.Add(FewFiles / ProgramRun.Run("tlb-images.dll", "score", "--model", model, "--data", files, "--output", Path.Combine(work, "scores.csv")).Seconds);
        }
        results.Add($"folder of {FewFiles:N0} JPEG files to CSV, end to end", "images/s", folder, memory, "the same in memory", moreIsBetter: true);
    }

    private static void Memory(Workload workload, string work, Results results)
    {
        var model = workload.SaveModel();
        var few = Score(FewFiles);
        var many = Score(ManyFiles);
        results.Add($"resident memory, scoring {ManyFiles:N0} files", "MB", [many], [few], $"{FewFiles:N0} files", moreIsBetter: true);
        results.Add(
            $"peak memory of training, an epoch of {TrainingFiles:N0} images of 32x32", "MB", [Train(TrainingFiles, epochs: 1)], [TrainingFiles * 32 * 32 * 3 / 1048576.0],
            "bytes of the images", moreIsBetter: true);
        var (one, several) = (Train(FewFiles, epochs: 1), Train(FewFiles, SeveralEpochs));
        results.Add($"peak memory of training, {SeveralEpochs} epochs of {FewFiles:N0} images", "MB", [several], [one], "one epoch", moreIsBetter: true);

        double Score(int count) => ProgramRun.Run(
            "tlb-images.dll", "score", "--model", model, "--data", workload.ImageFiles(count), "--output", Path.Combine(work, "scores.csv")).PeakMegabytes;

        double Train(int count, int epochs) => ProgramRun.Run(
            "tlb-images.dll", "train", "--data", workload.ImageFiles(count), "--validation", workload.ImageFiles(1000), "--model", Path.Combine(work, "trained.zip"),
            "--network", workload.Name, "--epochs", $"{epochs}", "--batch-size", "256", "--dropout", "0.2", "--no-resize").PeakMegabytes;
    }

    private static void Start(Workload workload, int rounds, Results results)
    {
        var model = workload.SaveModel();
        var image = Directory.EnumerateFiles(workload.ImageFiles(FewFiles), "*.jpg", SearchOption.AllDirectories).First();
        var milliseconds = Enumerable.Range(0, 2 * rounds)
            .Select(_ => double.Parse(ProgramRun.Run("Tlb.Benchmarks.dll", "first-prediction", model, image).Output, CultureInfo.InvariantCulture));
        results.Add("from process start to the first prediction of a zip", "ms", milliseconds);
    }
}
