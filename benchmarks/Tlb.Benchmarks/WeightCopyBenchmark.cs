using System.Diagnostics;
using System.Globalization;
using Tlb.Core;
using Tlb.Torch;
using TorchSharp;

namespace Tlb.Benchmarks;

/// <summary>The weights of a large network copied out of a session in TorchSharp, as training does to keep or save them.</summary>
internal static class WeightCopyBenchmark
{
    private const int Width = 384;                                           // some 14 million weights

    public static void Run(int rounds, Results results)
    {
        var weights = NetworkWeights.Initialize(TlbConfig.KerasExample with { EmbeddingDimension = Width }, seed: 1);
        var copy = new NetworkWeights(weights.Config);
        using var session = new TorchEngine(torch.CPU).StartTraining(weights, new());
        List<double> fromSession = [], array = [];
        for (var round = -1; round < rounds; round++)                        // one round to warm up
        {
            if (round == 0)
            {
                fromSession.Clear();
                array.Clear();
            }
            fromSession.Add(Milliseconds(() => session.CopyWeightsTo(copy)));
            if (!copy.Values.AsSpan().SequenceEqual(weights.Values))
                throw new InvalidOperationException("The weights that came out of the session are not those that went in.");
            array.Add(Milliseconds(() => weights.Values.CopyTo(copy.Values, 0)));
        }
        var millions = (weights.Values.Length / 1e6).ToString("F1", CultureInfo.InvariantCulture);
        var what = $"copying {millions} million weights out of a session in TorchSharp";
        results.Add(what, "ms", fromSession, array, "from array to array", moreIsBetter: false);
    }

    private static double Milliseconds(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalMilliseconds;
    }
}
