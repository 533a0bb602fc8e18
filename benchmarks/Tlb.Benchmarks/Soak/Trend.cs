namespace Tlb.Benchmarks;

/// <summary>Whether readings, one a round, keep growing.</summary>
/// <remarks>
/// The first third of the rounds is warm-up: code is compiled, pools and caches fill. Of the others the first half is held against the
/// second, by their medians, so that a single odd reading says nothing.
/// </remarks>
/// <param name="Before">The median of the middle third.</param>
/// <param name="After">The median of the last third.</param>
/// <param name="Allowed">The growth that is chance.</param>
internal sealed record Trend(double Before, double After, double Allowed)
{
    /// <summary>The fewest rounds that say anything: three to a third.</summary>
    public const int FewestRounds = 9;

    /// <summary>Whether it grows no more than chance has it.</summary>
    public bool IsFlat => After - Before <= Allowed;

    /// <summary>Judges readings.</summary>
    public static Trend Of(IReadOnlyList<double> readings, Func<double, double> allowedGrowth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(readings.Count, FewestRounds);
        var third = readings.Count / 3;
        var before = Results.Median(readings.Skip(readings.Count - 2 * third).Take(third));
        return new(before, Results.Median(readings.TakeLast(third)), allowedGrowth(before));
    }
}
