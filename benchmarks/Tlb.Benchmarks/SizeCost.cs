using System.Globalization;
using Spectre.Console;
using Tlb.Core;

namespace Tlb.Benchmarks;

/// <summary>What larger images cost: the network that is taken for images of each size where no other is set.</summary>
internal static class SizeCost
{
    private static readonly int[] Sides = [32, 64, 96, 128, 224];            // pixels

    /// <summary>Measures, and prints a table.</summary>
    public static int Run()
    {
        var table = new Table().AddColumns("pixels", "tokens", "parameters", "scoring", "training", "memory of training");
        foreach (var side in Sides)
        {
            var network = TlbConfig.ForImages(side, side);
            var cost = NetworkCost.Measure(network);
            table.AddRow(
                $"{side}x{side}", $"{network.TokenCount}", new ParameterLayout(network).ValueCount.ToString("N0", CultureInfo.InvariantCulture),
                NetworkCost.Text(cost.Score, "ms"), NetworkCost.Text(cost.Train, "ms"), NetworkCost.Text(cost.Memory, "MB"));
        }
        AnsiConsole.Write(table);
        return 0;
    }
}
