using System.Diagnostics;
using Tlb.Benchmarks.Plain;
using Tlb.Core;
using Tlb.Cpu;
using Tlb.Torch;
using TorchSharp;

namespace Tlb.Benchmarks;

/// <summary>Training steps and scoring: ours, PyTorch's and those of a plain network in TorchSharp, in turn.</summary>
internal sealed class StepBenchmarks(Workload workload, string peerScript, int rounds)
{
    private const string Plain = "plain TorchSharp";
    private const string Onnx = "ONNX Runtime";

    private static readonly string[] Forms = ["bmm", "mulsum"];

    private readonly Dictionary<string, List<double>> _seconds = [];

    public void Run(Results results)
    {
        torch.set_num_threads(Environment.ProcessorCount);                   // as many as the others have
        using var peer = new PyTorchPeer(peerScript, [workload.WeightsFile, workload.ImagesFile, workload.LabelsFile, $"{Workload.BatchSize}"]);
        using var scorer = new CpuEngine().CreateScorer(workload.Weights);
        var network = workload.Network with { AttentionDropout = 0.2f, FeedForwardDropout = 0.2f };
        var (weights, options) = (NetworkWeights.Initialize(network, seed: 1), new SessionOptions { WeightDecay = 1e-4f, Seed = 1 });
        using var session = new CpuEngine().StartTraining(weights, options);
        using var muon = new CpuEngine().StartTraining(weights, options with { Optimizer = OptimizerKind.Muon });
        // What the trainer does where nothing is set. PyTorch's steps are AdamW's, which are less work.
        var defaults = new TrainingOptions();
        using var recipe = new CpuEngine().StartTraining(workload.Weights, defaults.ForSession(seed: 1));
        var batches = workload.Parts(defaults.BatchSize);
        using var engine = workload.CreateEngine();
        using var torchScorer = new TorchEngine(torch.CPU).CreateScorer(workload.Weights);
        using var torchSession = new TorchEngine(torch.CPU).StartTraining(weights, options);
        using var plain = new PlainTorchSharp(network, weights, workload.Images);
        using var onnx = new OnnxPeer(workload.Weights, workload.Images);
        Compare(peer, scorer, onnx, results);
        ComparePlain(results);

        var probabilities = new float[Workload.BatchSize * Workload.Classes];
        var row = new Workload.ImageRow { Image = workload.Decoded(0) };
        for (var round = -2; round < rounds; round++)                        // two rounds to warm up
        {
            if (round == 0)
                _seconds.Clear();
            Time("train", () => session.RunStep(workload.Images, 1e-3f));
            Time("muon train", () => muon.RunStep(workload.Images, 1e-3f));
            Time("recipe train", () => batches.ForEach(batch => recipe.RunStep(batch, 1e-3f)));
            TimePeer(peer, "train");
            TimePeer(peer, "small", $" {defaults.BatchSize}");
            Time("torch train", () => torchSession.RunStep(workload.Images, 1e-3f));
            Time("plain train", () => plain.RunStep());
            for (var i = 0; i < 3; i++)
            {
                Time("score", () => scorer.Score(workload.Images, probabilities));
                TimePeer(peer, "infer");
                TimePeer(peer, "trace");
                Time("torch score", () => torchScorer.Score(workload.Images, probabilities));
                Time("plain score", () => plain.Score());
                Time("onnx score", () => onnx.Score());
            }
            Time("one", () => { for (var i = 0; i < 40; i++) engine.Predict(row); }, share: 40);
            TimePeer(peer, "one");
            Time("onnx one", () => { for (var i = 0; i < 40; i++) onnx.ScoreFirst(); }, share: 40);
            Note("peak", 1 / PeakFlops.Measure());
            Note("matmul", peer.Time("matmul"));
        }

        const double Batch = Workload.BatchSize;
        var products = Products.Of(workload.Network);
        Add("training step, batch 256, dropout 0.2", "images/s", Rates("train", Batch), Best("train", Batch), "PyTorch eager, better form", moreIsBetter: true);
        Add("training step, batch 256, dropout 0.2", "images/s", Rates("train", Batch), Rates("plain train", Batch), Plain, moreIsBetter: true);
        Add("training step with Muon, likewise", "images/s", Rates("muon train", Batch), Rates("train", Batch), "AdamW, as above", moreIsBetter: true);
        Add($"training as it comes: {defaults.Optimizer}, batches of {defaults.BatchSize}", "images/s", Rates("recipe train", Batch), Best("small", Batch), $"PyTorch eager, AdamW, batches of {defaults.BatchSize}", moreIsBetter: true);
        Add("training step of our TorchSharp engine, likewise", "images/s", Rates("torch train", Batch), Rates("plain train", Batch), Plain, moreIsBetter: true);
        Add("scoring, batch 256", "images/s", Rates("score", Batch), Best("infer", Batch), "PyTorch eager, better form", moreIsBetter: true);
        Add("scoring, batch 256", "images/s", Rates("score", Batch), Best("trace", Batch), "PyTorch traced and frozen, better form", moreIsBetter: true);
        Add("scoring, batch 256", "images/s", Rates("score", Batch), Rates("plain score", Batch), Plain, moreIsBetter: true);
        Add("scoring, batch 256", "images/s", Rates("score", Batch), Rates("onnx score", Batch), Onnx, moreIsBetter: true);
        Add("scoring with our TorchSharp engine, batch 256", "images/s", Rates("torch score", Batch), Rates("plain score", Batch), Plain, moreIsBetter: true);
        Add("one image, prediction engine", "ms", _seconds["one"].Select(s => 1e3 * s), Faster("one").Select(s => 1e3 * s), "PyTorch eager, batch 1, better form", moreIsBetter: false);
        Add("one image, prediction engine", "ms", _seconds["one"].Select(s => 1e3 * s), _seconds["onnx one"].Select(s => 1e3 * s), $"{Onnx}, batch 1", moreIsBetter: false);
        results.Add("multiply-adds on registers, all cores", "GFLOP/s", Rates("peak", 1), Rates("matmul", 2 * Math.Pow(1024, 3) / 1e9), "PyTorch, 1024 x 1024 product", moreIsBetter: true);
        results.Add($"{workload.Name}: products of scoring, of that peak", "%", _seconds["score"].Chunk(3).Zip(_seconds["peak"], (s, peak) => 100 * products * Batch / Results.Median(s) * peak / 1e9));

        void Add(string what, string unit, IEnumerable<double> ours, IEnumerable<double> others, string name, bool moreIsBetter) =>
            results.Add($"{workload.Name}: {what}", unit, ours, others, name, moreIsBetter);
    }

    /// <summary>All must compute the same thing.</summary>
    private void Compare(PyTorchPeer peer, IScorer scorer, OnnxPeer onnx, Results results)
    {
        var probabilities = new float[Workload.BatchSize * Workload.Classes];
        scorer.Score(workload.Images, probabilities);
        ThrowIfApart(probabilities, peer.Ask("check").GetProperty("probabilities").EnumerateArray().Select(value => value.GetSingle()), "PyTorch's", results);
        ThrowIfApart(probabilities, onnx.Score(), "ONNX Runtime's", results);
    }

    /// <summary>The plain network too, with weights of which none is 0 or 1, so that every bias and normalisation counts.</summary>
    private void ComparePlain(Results results)
    {
        var weights = workload.Weights.Clone();
        var random = new Random(2);
        foreach (ref var value in weights.Values.AsSpan())
            value += 0.1f * (2 * random.NextSingle() - 1);
        var probabilities = new float[Workload.BatchSize * Workload.Classes];
        using var scorer = new CpuEngine().CreateScorer(weights);
        using var plain = new PlainTorchSharp(workload.Network, weights, workload.Images);
        scorer.Score(workload.Images, probabilities);
        ThrowIfApart(probabilities, plain.Score(), "plain TorchSharp's", results);
    }

    private void ThrowIfApart(float[] ours, IEnumerable<float> theirs, string whose, Results results)
    {
        var difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
        results.Add($"{workload.Name}: largest difference of probabilities to {whose}", "1e-6", [1e6 * difference]);
        if (!(difference <= 1e-5))
            throw new InvalidOperationException($"Our probabilities differ from {whose} by {difference}: these times mean nothing.");
    }

    private void Time(string name, Action work, int share = 1)
    {
        var watch = Stopwatch.StartNew();
        work();
        Note(name, watch.Elapsed.TotalSeconds / share);
    }

    private void TimePeer(PyTorchPeer peer, string command, string argument = "")
    {
        foreach (var form in Forms)
            Note($"{command} {form}", peer.Time($"{command} {form}{argument}"));
    }

    private void Note(string name, double seconds)
    {
        if (!_seconds.TryGetValue(name, out var list))
            _seconds.Add(name, list = []);
        list.Add(seconds);
    }

    private IEnumerable<double> Rates(string name, double amount) => _seconds[name].Select(seconds => amount / seconds);

    /// <summary>The form that is faster by its median.</summary>
    private List<double> Faster(string command) => Forms.Select(form => _seconds[$"{command} {form}"]).MinBy(Results.Median)!;

    private IEnumerable<double> Best(string command, double amount) => Faster(command).Select(seconds => amount / seconds);
}
