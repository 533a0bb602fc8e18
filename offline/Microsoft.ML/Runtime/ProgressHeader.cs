namespace Microsoft.ML.Runtime;

/// <summary>The names of the metrics and of the units of progress.</summary>
public sealed class ProgressHeader
{
    public readonly IReadOnlyList<string> UnitNames;
    public readonly IReadOnlyList<string> MetricNames;

    public ProgressHeader(string[] metricNames, string[] unitNames)
    {
        UnitNames = unitNames ?? [];
        MetricNames = metricNames ?? [];
    }

    public ProgressHeader(params string[] unitNames)
        : this(null, unitNames)
    {
    }
}
