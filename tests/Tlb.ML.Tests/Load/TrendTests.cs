using Tlb.Benchmarks;

namespace Tlb.ML.Tests;

/// <summary>What a soak takes for growth.</summary>
public sealed class TrendTests
{
    [Fact]
    public void Warm_up_and_single_odd_readings_are_no_growth()
    {
        double[] readings = [10, 50, 90, 100, 101, 100, 100, 900, 101];
        Assert.Equal(new Trend(100, 101, Allowed: 2), Trend.Of(readings, level => 0.02 * level));
        Assert.True(Trend.Of(readings, _ => 1).IsFlat);
    }

    [Fact]
    public void Steady_growth_is_found_however_many_rounds()
    {
        for (var rounds = Trend.FewestRounds; rounds < 40; rounds++)
        {
            var trend = Trend.Of([.. Enumerable.Range(0, rounds).Select(round => 100.0 + round)], _ => 2.9);
            Assert.False(trend.IsFlat, $"{rounds}: {trend}");
        }
    }

    [Fact]
    public void Falling_is_no_growth() => Assert.True(Trend.Of([9, 8, 7, 6, 5, 4, 3, 2, 1], _ => 0).IsFlat);
}
