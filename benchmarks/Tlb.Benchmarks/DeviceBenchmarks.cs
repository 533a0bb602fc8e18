using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Tlb.Core;
using Tlb.Torch;
using TorchSharp;

namespace Tlb.Benchmarks;

/// <summary>The network on a CUDA device, in every precision, beside the same network in PyTorch on the same device.</summary>
internal static class DeviceBenchmarks
{
    private const int CurveSteps = 300;

    private static readonly Precision[] Precisions = [Precision.Float32, Precision.TensorFloat32, Precision.BFloat16, Precision.Float16];
    private static readonly string[] Forms = ["bmm", "mulsum"];

    /// <summary>Measures and prints.</summary>
    /// <param name="work">The folder for what is made.</param>
    /// <param name="device">The device, such as <c>cuda:0</c>.</param>
    /// <param name="batchSizes">The sizes of batches.</param>
    /// <param name="rounds">How often everything is measured.</param>
    /// <param name="peerScript">The PyTorch script.</param>
    /// <param name="networks">The names of the networks whose speed is measured.</param>
    public static int Run(string work, string device, int[] batchSizes, int rounds, string peerScript, IReadOnlyCollection<string> networks)
    {
        Directory.CreateDirectory(work);
        var results = new Results();
        Console.WriteLine($"{DeviceName()}; {rounds} rounds");
        Curves(device);
        Memory(device);
        foreach (var name in networks)
            foreach (var batchSize in batchSizes)
                Speed(work, device, TlbConfig.Presets[name], name, batchSize, rounds, peerScript, results);
        results.Print();
        results.Save(Path.Combine(work, "device.json"));
        return 0;
    }

    private static void Speed(string work, string device, TlbConfig config, string name, int batchSize, int rounds, string peerScript, Results results)
    {
        var network = config with { AttentionDropout = 0.2f, FeedForwardDropout = 0.2f };
        var weights = NetworkWeights.Initialize(network, seed: 1);
        var batch = Images(network, batchSize, seed: 1);
        var (weightsFile, imagesFile, labelsFile) = (Path.Combine(work, "weights.safetensors"), Path.Combine(work, "images.f32"), Path.Combine(work, "labels.i64"));
        weights.Save(weightsFile);
        float[] values = [.. batch.Pixels.ToArray().Select(value => value * batch.Layout.Scale)];
        File.WriteAllBytes(imagesFile, MemoryMarshal.AsBytes(values.AsSpan()));
        File.WriteAllBytes(labelsFile, MemoryMarshal.AsBytes(batch.Labels.ToArray().Select(label => (long)label).ToArray().AsSpan()));
        using var peer = new PyTorchPeer(peerScript, [weightsFile, imagesFile, labelsFile, $"{batchSize}"], device);
        var probabilities = new float[batchSize * network.NumberOfClasses];
        foreach (var precision in Precisions)
        {
            var engine = new TorchEngine(torch.device(device), precision, precision);
            using var session = engine.StartTraining(weights, new() { WeightDecay = 1e-4f, Seed = 1 });
            using var scorer = engine.CreateScorer(weights);
            List<double> train = [], starts = [], score = [];
            var (theirTrain, theirScore) = (Forms.ToDictionary(form => form, _ => new List<double>()), Forms.ToDictionary(form => form, _ => new List<double>()));
            for (var round = -2; round < rounds; round++)                    // two rounds to warm up
            {
                if (round == 0)
                {
                    foreach (var list in new[] { train, starts, score }.Concat(theirTrain.Values).Concat(theirScore.Values))
                        list.Clear();
                }
                var watch = Stopwatch.StartNew();
                session.RunStep(batch, 1e-3f);
                starts.Add(1e3 * watch.Elapsed.TotalSeconds);
                torch.cuda.synchronize(torch.device(device));
                train.Add(batchSize / watch.Elapsed.TotalSeconds);
                watch.Restart();
                scorer.Score(batch, probabilities);
                score.Add(batchSize / watch.Elapsed.TotalSeconds);
                foreach (var form in Forms)
                {
                    theirTrain[form].Add(batchSize / peer.Time($"train {form} {precision}"));
                    theirScore[form].Add(batchSize / peer.Time($"infer {form} {precision}"));
                }
            }
            results.Add($"{name}: training step, batch {batchSize}, {precision}", "images/s", train, theirTrain.Values.MaxBy(Results.Median)!, "PyTorch eager, better form", moreIsBetter: true);
            results.Add($"{name}: of it, until the host is free, batch {batchSize}, {precision}", "ms", starts);
            results.Add($"{name}: scoring, batch {batchSize}, {precision}", "images/s", score, theirScore.Values.MaxBy(Results.Median)!, "PyTorch eager, better form", moreIsBetter: true);
        }
    }

    /// <summary>The loss of the same training in each precision: classes that can be learned, some images wrong.</summary>
    private static void Curves(string device)
    {
        var network = TlbConfig.KerasExample with { ImageSize = 32 };
        Console.WriteLine($"mean training loss of {CurveSteps / 6} steps each");
        foreach (var precision in Precisions)
        {
            using var session = new TorchEngine(torch.device(device), precision).StartTraining(NetworkWeights.Initialize(network, seed: 1), new() { WeightDecay = 1e-4f, GradientClipNorm = 1 });
            var losses = new List<string>();
            for (var step = 0; step < CurveSteps; step++)
            {
                session.RunStep(Images(network, 128, seed: step), 1e-3f);
                if ((step + 1) % (CurveSteps / 6) != 0)
                    continue;
                losses.Add(session.ReadMetrics().Loss.ToString("F4", CultureInfo.InvariantCulture));
                session.ResetMetrics();
            }
            Console.WriteLine($"  {precision,-14} {string.Join("  ", losses)}");
        }
    }

    /// <summary>The device's memory in use while steps and scores go on.</summary>
    private static void Memory(string device)
    {
        var network = TlbConfig.KerasExample with { AttentionDropout = 0.2f, FeedForwardDropout = 0.2f };
        var engine = new TorchEngine(torch.device(device));
        var batch = Images(network, 256, seed: 1);
        var probabilities = new float[256 * network.NumberOfClasses];
        using var session = engine.StartTraining(NetworkWeights.Initialize(network, seed: 1), new());
        Console.WriteLine("after steps   MB of the device   MB of the host");
        for (var step = 0; step <= 200; step++)
        {
            session.RunStep(batch, 1e-3f);
            session.Score(batch, probabilities);
            if (step is 10 or 50 or 100 or 200)
                Console.WriteLine($"{step,11}   {NvidiaSmi("memory.used"),16}   {Environment.WorkingSet / 1048576,14}");
        }
    }

    /// <summary>Images whose brightness in a corner tells their class, of noise else; a tenth of them are mislabelled.</summary>
    private static ImageBatch Images(TlbConfig network, int count, int seed)
    {
        var batch = new ImageBatch(new() { Height = network.ImageSize, Width = network.ImageSize }, count);
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var label = random.Next(network.NumberOfClasses);
            var image = batch.Add(random.Next(10) == 0 ? random.Next(network.NumberOfClasses) : label);
            random.NextBytes(image);
            for (var y = 0; y < network.ImageSize / 2; y++)
                image.Slice(3 * network.ImageSize * y, 3 * network.ImageSize / 2).Fill((byte)(25 * label));
        }
        return batch;
    }

    private static string DeviceName() => NvidiaSmi("name,driver_version");

    private static string NvidiaSmi(string query)
    {
        using var process = Process.Start(new ProcessStartInfo("nvidia-smi", [$"--query-gpu={query}", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Trim();
    }
}
