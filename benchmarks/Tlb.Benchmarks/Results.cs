using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Tlb.Benchmarks;

/// <summary>What was measured: medians over the rounds, as a table and as JSON.</summary>
internal sealed class Results
{
    private readonly List<Row> _rows = [];

    /// <summary>Notes a figure.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="unit">In what.</param>
    /// <param name="ours">Ours, one value a round.</param>
    /// <param name="other">What it is held against, one value a round.</param>
    /// <param name="otherName">What that is.</param>
    /// <param name="moreIsBetter">Whether a larger value is the better one: decides which way round the ratio is.</param>
    public void Add(string what, string unit, IEnumerable<double> ours, IEnumerable<double> other, string otherName, bool moreIsBetter)
    {
        List<double> a = [.. ours], b = [.. other];
        var ratios = a.Zip(b, (x, y) => moreIsBetter ? x / y : y / x);       // of a round: what slows the machine slows both
        _rows.Add(new(what, unit, Median(a), otherName, b.Count == 0 ? null : Median(b), b.Count == 0 ? null : Median(ratios)));
    }

    /// <summary>Notes a figure that stands alone.</summary>
    public void Add(string what, string unit, IEnumerable<double> values) => Add(what, unit, values, [], "", moreIsBetter: true);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    public void Print()
    {
        var table = new Table().AddColumns("what", "ours", "unit", "against", "theirs", "ratio");
        foreach (var row in _rows)
            table.AddRow(row.What, Number(row.Ours), row.Unit, row.Against, row.Theirs is { } theirs ? Number(theirs) : "", row.Ratio is { } ratio ? ratio.ToString("F2", CultureInfo.InvariantCulture) : "");
        AnsiConsole.Write(table);
    }

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(_rows, ResultsJson.Default.ListRow));

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : value < 100 ? "F1" : "F0", CultureInfo.InvariantCulture);

    internal sealed record Row(string What, string Unit, double Ours, string Against, double? Theirs, double? Ratio);
}

/// <summary>The JSON form of the results.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(WriteIndented = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(List<Results.Row>))]
internal sealed partial class ResultsJson : System.Text.Json.Serialization.JsonSerializerContext;
