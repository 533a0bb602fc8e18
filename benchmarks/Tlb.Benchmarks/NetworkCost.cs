using System.Diagnostics;
using System.Globalization;
using Tlb.Core;
using Tlb.Cpu;

namespace Tlb.Benchmarks;

/// <summary>What an image costs in a network, of eight at once.</summary>
/// <param name="Score">Milliseconds of scoring; null where there is not enough memory.</param>
/// <param name="Train">Milliseconds of a training step; null where there is not enough memory.</param>
/// <param name="Memory">The megabytes of a tile in training, a few images side by side, beside weights and images.</param>
internal sealed record NetworkCost(double? Score, double? Train, double? Memory)
{
    private const int Images = 8;
    private const double EnoughSeconds = 1;

    /// <summary>Measures a network on images of its own size.</summary>
    /// <param name="network">The network; if it is not valid, its attention fits no array.</param>
    public static NetworkCost Measure(TlbConfig network)
    {
        if (network.Validate().Count > 0)
            return new(null, null, null);
        var weights = NetworkWeights.Initialize(network, seed: 1);
        var batch = new ImageBatch(new() { Height = network.ImageSize, Width = network.ImageSize }, Images);
        var random = new Random(1);
        for (var i = 0; i < Images; i++)
            random.NextBytes(batch.Add(i));
        var probabilities = new float[Images * network.NumberOfClasses];
        return new(Score(), Train(), 1e-6 * sizeof(float) * new TileShape(network, Registers.NarrowLanes).TrainingFloats);

        double? Score()
        {
            using var scorer = new CpuEngine().CreateScorer(weights);
            return Time(() => scorer.Score(batch, probabilities));
        }

        double? Train()
        {
            try
            {
                using var session = new CpuEngine().StartTraining(weights, new());
                return Time(() => session.RunStep(batch, 1e-3f));
            }
            catch (InvalidOperationException)                                // it takes more than the working memory
            {
                return null;
            }
        }
    }

    /// <summary>A number and its unit, or that there is none.</summary>
    public static string Text(double? value, string unit) =>
        value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{(number < 10 ? Math.Round(number, 2) : Math.Round(number)):N2} {unit}").Replace(".00 ", " ", StringComparison.Ordinal) : "does not fit";

    /// <summary>The shortest of some times, in milliseconds for an image.</summary>
    private static double Time(Action run)
    {
        run();
        var (all, best) = (Stopwatch.StartNew(), double.MaxValue);
        do
        {
            var watch = Stopwatch.StartNew();
            run();
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds / Images);
        }
        while (all.Elapsed.TotalSeconds < EnoughSeconds);
        return best;
    }
}
