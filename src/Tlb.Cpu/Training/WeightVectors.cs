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

    /// <summary>average += share x (values - average).</summary>
    public static void MoveTowards(Span<float> average, ReadOnlySpan<float> values, float share)
    {
        var a = MemoryMarshal.Cast<float, Vector<float>>(average);
        var v = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < a.Length; i++)
            a[i] += (v[i] - a[i]) * share;
        for (var i = a.Length * Vector<float>.Count; i < average.Length; i++)
            average[i] += (values[i] - average[i]) * share;
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
