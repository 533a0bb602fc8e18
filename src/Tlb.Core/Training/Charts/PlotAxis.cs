using System.Globalization;

namespace Tlb.Core;

/// <summary>The range of an axis, with ticks at round numbers.</summary>
/// <param name="Low">Where it begins; of a logarithmic axis the power of ten.</param>
/// <param name="High">Where it ends, likewise.</param>
/// <param name="Step">What lies between two ticks, likewise.</param>
/// <param name="IsLogarithmic">Whether equal distances are equal ratios.</param>
internal readonly record struct PlotAxis(double Low, double High, double Step, bool IsLogarithmic = false)
{
    /// <summary>An axis of whole numbers that ends where the values end: epochs.</summary>
    public static PlotAxis OfEpochs(IEnumerable<int> epochs)
    {
        var (low, high) = Range(epochs.Select(epoch => (double)epoch));
        return low == high ? new(low - 0.5, high + 0.5, 1) : new(low, high, Math.Max(1, RoundStep((high - low) / 10)));
    }

    /// <summary>An axis that ends at ticks around the values.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <param name="limit">What the values can't be above.</param>
    public static PlotAxis OfValues(IEnumerable<double> values, double limit)
    {
        var (low, high) = Range(values);
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (high - low <= 1e-6 * size)                                       // a flat curve, or a single point: room above and below
        {
            var room = size == 0 ? 0.5 : size / 10;
            (low, high) = (low < 0 ? low - room : Math.Max(0, low - room), Math.Min(limit, high + room));
        }
        var step = RoundStep((high - low) / 6);
        return new(Math.Floor(low / step + 1e-6) * step, Math.Ceiling(high / step - 1e-6) * step, step);
    }

    /// <summary>A logarithmic axis that ends at powers of ten around the values.</summary>
    /// <param name="values">Numbers above 0.</param>
    public static PlotAxis OfPowers(IEnumerable<double> values)
    {
        var (low, high) = Range(values.Select(Math.Log10));
        (low, high) = (Math.Floor(low + 1e-6), Math.Ceiling(high - 1e-6));
        return low == high ? new(low - 0.5, high + 0.5, 1, IsLogarithmic: true) : new(low, high, Math.Max(1, RoundStep((high - low) / 10)), IsLogarithmic: true);
    }

    /// <summary>The values of the ticks within the range.</summary>
    public IEnumerable<double> Ticks()
    {
        for (var tick = (long)Math.Ceiling(Low / Step - 1e-6); tick <= High / Step + 1e-6; tick++)
            yield return IsLogarithmic ? Math.Pow(10, tick * Step) : tick * Step;
    }

    /// <summary>A tick's value as text, with as many decimals as the step asks for.</summary>
    public string Label(double tick)
    {
        if (IsLogarithmic)
            return string.Create(CultureInfo.InvariantCulture, $"1e{Math.Round(Math.Log10(tick))}");
        var size = Math.Max(Math.Abs(Low), Math.Abs(High));
        return size is >= 1e6 or < 1e-3
            ? tick.ToString(tick == 0 ? "0" : "0.######e+0", CultureInfo.InvariantCulture)
            : tick.ToString($"F{Math.Max(0, -(int)Math.Floor(Math.Log10(Step) + 1e-9))}", CultureInfo.InvariantCulture);
    }

    /// <summary>Where a value lies: 0 at the low end, 1 at the high end.</summary>
    public double Place(double value) => ((IsLogarithmic ? Math.Log10(value) : value) - Low) / (High - Low);

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        var all = values.DefaultIfEmpty(0).ToList();
        return (all.Min(), all.Max());
    }

    /// <summary>The next of 1, 2, 5, 10, times a power of ten.</summary>
    private static double RoundStep(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return power * new[] { 1.0, 2, 5, 10 }.First(step => step * power >= atLeast * (1 - 1e-9));
    }
}
