using Spectre.Console;
using Tlb.Core;

namespace Tlb.Benchmarks;

/// <summary>
/// What more tokens cost: the network of the paper's form, and the same weights with all tokens in one chunk, where in three of four blocks
/// each attends to all others as in a plain Transformer (in the fourth to the state, which takes next to nothing).
/// </summary>
internal static class TokenCost
{
    private static readonly TlbConfig Network = new()
    {
        Form = TlbForm.Paper, EmbeddingDimension = 96, ChunkSize = 16, NumberOfLayers = 4, NumberOfHeads = 4, FeedForwardExpansion = 2,
    };

    private static readonly int[] Sides = [4, 6, 8, 16, 24, 32, 48, 64, 128]; // tokens

    /// <summary>Measures, prints a table, and draws it.</summary>
    /// <param name="work">The folder for the drawing.</param>
    public static int Run(string work)
    {
        var table = new Table().AddColumns("tokens", "scoring, chunks", "all at once", "training, chunks", "all at once", "memory of training, chunks", "all at once");
        List<(int Tokens, NetworkCost Chunks, NetworkCost AllAtOnce)> rows = [];
        foreach (var side in Sides)
        {
            var network = Network with { ImageSize = side * Network.PatchSize };
            var (chunks, allAtOnce) = (NetworkCost.Measure(network), NetworkCost.Measure(network with { ChunkSize = network.TokenCount }));
            rows.Add((network.TokenCount, chunks, allAtOnce));
            table.AddRow(
                $"{network.TokenCount}", NetworkCost.Text(chunks.Score, "ms"), NetworkCost.Text(allAtOnce.Score, "ms"), NetworkCost.Text(chunks.Train, "ms"), NetworkCost.Text(allAtOnce.Train, "ms"),
                NetworkCost.Text(chunks.Memory, "MB"), NetworkCost.Text(allAtOnce.Memory, "MB"));
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

    private static SvgChart Chart(string title, List<(int Tokens, NetworkCost Chunks, NetworkCost AllAtOnce)> rows, Func<NetworkCost, double?> value)
    {
        double?[] chunks = [.. rows.Select(row => value(row.Chunks))], allAtOnce = [.. rows.Select(row => value(row.AllAtOnce))];
        double[] tokens = [.. rows.Select(row => (double)row.Tokens)];
        var chart = new SvgChart(title, "tokens", PlotAxis.OfPowers(tokens), PlotAxis.OfPowers(chunks.Concat(allAtOnce).OfType<double>()));
        chart.Add(tokens, ("chunks", "#1f77b4", chunks), ("all at once", "#d62728", allAtOnce));
        return chart;
    }
}
