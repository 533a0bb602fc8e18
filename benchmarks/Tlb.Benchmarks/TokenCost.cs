using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tlb.Core;
using Tlb.Cpu;

namespace Tlb.Benchmarks;

/// <summary>
/// What more tokens cost: the network of the paper's form, and the same weights with all tokens in one chunk, where in three of four blocks
/// each attends to all others as in a plain Transformer (in the fourth to the state, which takes next to nothing).
/// </summary>
internal static class TokenCost
{
    private const int Images = 8;
    private const double EnoughSeconds = 1;

    private static readonly TlbConfig Network = new()
    {
        Form = TlbForm.Paper, EmbeddingDimension = 96, ChunkSize = 16, NumberOfLayers = 4, NumberOfHeads = 4, FeedForwardExpansion = 2,
    };

    private static readonly int[] Sides = [4, 6, 8, 16, 24, 32, 48, 64, 128];      // tokens

    /// <summary>Measures, prints a table, and draws it.</summary>
    /// <param name="work">The folder for the drawing.</param>
    public static int Run(string work)
    {
        var table = new Table().AddColumns("tokens", "scoring, chunks", "all at once", "training, chunks", "all at once", "memory of training, chunks", "all at once");
        List<(int Tokens, Cost Chunks, Cost AllAtOnce)> rows = [];
        foreach (var side in Sides)
        {
            var network = Network with { ImageSize = side * Network.PatchSize };
            var (chunks, allAtOnce) = (Measure(network), Measure(network with { ChunkSize = network.TokenCount }));
            rows.Add((network.TokenCount, chunks, allAtOnce));
            table.AddRow(
                $"{network.TokenCount}", Text(chunks.Score, "ms"), Text(allAtOnce.Score, "ms"), Text(chunks.Train, "ms"), Text(allAtOnce.Train, "ms"),
                Text(chunks.Memory, "MB"), Text(allAtOnce.Memory, "MB"));
        }
        AnsiConsole.Write(table);
        Directory.CreateDirectory(work);
        var file = Path.Combine(work, "tokens.svg");
        File.WriteAllText(file, SvgChart.Document(
            "What more tokens cost",
            Chart("Scoring an image, ms", rows, cost => cost.Score), Chart("Training on an image, ms", rows, cost => cost.Train), Chart("Memory of training, MB", rows, cost => cost.Memory)));
        Console.WriteLine($"As curves: {file}");
        return 0;
    }

    private static SvgChart Chart(string title, List<(int Tokens, Cost Chunks, Cost AllAtOnce)> rows, Func<Cost, double?> value)
    {
        double?[] chunks = [.. rows.Select(row => value(row.Chunks))], allAtOnce = [.. rows.Select(row => value(row.AllAtOnce))];
        double[] tokens = [.. rows.Select(row => (double)row.Tokens)];
        var chart = new SvgChart(title, "tokens", PlotAxis.OfPowers(tokens), PlotAxis.OfPowers(chunks.Concat(allAtOnce).OfType<double>()));
        chart.Add(tokens, ("chunks", "#1f77b4", chunks), ("all at once", "#d62728", allAtOnce));
        return chart;
    }

    private static Cost Measure(TlbConfig network)
    {
        if (network.Validate().Count > 0)                                    // its attention fits no array
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

    private static string Text(double? value, string unit) =>
        value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{(number < 10 ? Math.Round(number, 2) : Math.Round(number)):N2} {unit}").Replace(".00 ", " ", StringComparison.Ordinal) : "does not fit";

    /// <summary>What an image costs: milliseconds, null where there is not enough memory, and megabytes of a tile.</summary>
    private sealed record Cost(double? Score, double? Train, double? Memory);
}
