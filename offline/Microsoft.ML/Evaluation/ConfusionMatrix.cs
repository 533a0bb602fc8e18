using System.Collections.Immutable;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How often each true class was taken for each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly IHost _host;
    private readonly string[] _names;
    private string _table;

    internal ConfusionMatrix(IHost host, double[][] counts, IEnumerable<string> names)
    {
        _host = host;
        _names = [.. names];
        Counts = [.. counts.Select(row => (IReadOnlyList<double>)row.ToList().AsReadOnly())];
        NumberOfClasses = counts.Length;
        PerClassRecall = Ratios(i => counts[i].Sum());
        PerClassPrecision = Ratios(i => counts.Sum(row => row[i]));
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    /// <summary>By true class, then by predicted class.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses { get; }

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        const string outOfRange = "Invalid index. Should be non-negative, less than the number of classes.";
        _host.CheckParam(predictedClassIndicatorIndex > -1 && predictedClassIndicatorIndex < Counts.Count,
            nameof(predictedClassIndicatorIndex), outOfRange);
        _host.CheckParam(actualClassIndicatorIndex > -1 && actualClassIndicatorIndex < Counts.Count,
            nameof(actualClassIndicatorIndex), outOfRange);
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    public string GetFormattedConfusionTable() => _table ??= FormatTable();

    private ImmutableArray<double> Ratios(Func<int, double> total) => [.. Enumerable.Range(0, NumberOfClasses).Select(i =>
        total(i) is > 0 and var sum ? Counts[i][i] / sum : 0)];

    // Columns are headed by the names of the classes where these are short, otherwise by their numbers.
    private string FormatTable()
    {
        var width = NumberOfClasses == 2 ? 8 : 5;
        var longest = _names.Max(name => name.Length);
        var numbered = longest > width;
        var digits = (NumberOfClasses - 1).ToString().Length;
        var margin = Math.Max(9, numbered ? longest + digits + 2 : longest);
        var pad = new string(' ', margin - 9);
        var rule = string.Concat(Enumerable.Repeat(NumberOfClasses > 2 ? "========" : "===========", NumberOfClasses));

        var table = new StringBuilder();
        table.AppendLine();
        table.AppendLine("Confusion table");
        table.AppendLine($"          {pad}||{rule}");
        table.Append($"PREDICTED {pad}||");
        for (var i = 0; i < NumberOfClasses; i++)
            table.Append(' ').Append((numbered ? i.ToString() : _names[i]).PadLeft(width)).Append(" |");
        table.AppendLine(" Recall");
        table.AppendLine($"TRUTH     {pad}||{rule}");
        for (var i = 0; i < NumberOfClasses; i++)
        {
            table.Append(numbered
                ? $"{i.ToString().PadLeft(digits)}. {_names[i].PadLeft(margin - digits - 2)} ||"
                : $"{_names[i].PadLeft(margin)} ||");
            foreach (var count in Counts[i])
                table.Append(' ').Append($"{count:N0}".PadLeft(width)).Append(" |");
            table.AppendLine($" {PerClassRecall[i],5:F4}");
        }
        table.AppendLine($"          {pad}||{rule}");
        table.Append($"Precision {pad}||");
        foreach (var precision in PerClassPrecision)
            table.Append($"{precision:N4}".PadLeft(width + 1)).Append(" |");
        table.AppendLine();
        return table.ToString();
    }
}
