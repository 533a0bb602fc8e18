using System.Numerics;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Arithmetic on all weights or gradients at once.</summary>
internal static class WeightVectors
{
    /// <summary>values *= factor.</summary>
    public static void Scale(Span<float> values, float factor)
    {
        var v = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < v.Length; i++)
            v[i] *= factor;
        for (var i = v.Length * Vector<float>.Count; i < values.Length; i++)
            values[i] *= factor;
    }

    /// <summary>target += source.</summary>
    public static void Add(Span<float> target, ReadOnlySpan<float> source)
    {
        var t = MemoryMarshal.Cast<float, Vector<float>>(target);
        var s = MemoryMarshal.Cast<float, Vector<float>>(source);
        for (var i = 0; i < t.Length; i++)
            t[i] += s[i];
        for (var i = t.Length * Vector<float>.Count; i < target.Length; i++)
            target[i] += source[i];
    }

    /// <summary>Updates the exponential moving average of values after a step.</summary>
    /// <param name="average">The average.</param>
    /// <param name="values">The values.</param>
    /// <param name="decay">The share of the average that is kept.</param>
    /// <param name="step">The steps done: early ones keep less, so that the first values are soon forgotten.</param>
    public static void UpdateAverage(Span<float> average, ReadOnlySpan<float> values, float decay, long step) =>
        MoveTowards(average, values, 1 - Math.Min(decay, (1f + step) / (10f + step)));

    /// <summary>target += (values - target) x share.</summary>
    public static void MoveTowards(Span<float> target, ReadOnlySpan<float> values, float share)
    {
        var t = MemoryMarshal.Cast<float, Vector<float>>(target);
        var v = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < t.Length; i++)
            t[i] += (v[i] - t[i]) * share;
        for (var i = t.Length * Vector<float>.Count; i < target.Length; i++)
            target[i] += (values[i] - target[i]) * share;
    }

    /// <summary>The Euclidean norm.</summary>
    public static double Norm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
