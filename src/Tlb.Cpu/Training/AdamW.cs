using System.Numerics;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>AdamW as Keras defines it: decay first; epsilon outside the bias correction.</summary>
internal sealed class AdamW : IOptimizer
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const float Epsilon = 1e-7f;

    private readonly float _weightDecay;
    private readonly IReadOnlyList<Range> _decayed;
    private readonly IReadOnlyList<Range> _updated;

    /// <summary>Makes an optimizer.</summary>
    /// <param name="count">The weights.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <param name="decayed">The weights that decay.</param>
    /// <param name="updated">The weights that it updates at all; null for all.</param>
    public AdamW(int count, float weightDecay, IReadOnlyList<Range> decayed, IReadOnlyList<Range>? updated = null)
    {
        (_weightDecay, _decayed, _updated) = (weightDecay, decayed, updated ?? [Range.All]);
        (Mean, Variance) = (new float[count], new float[count]);
    }

    public float[] Mean { get; }

    public float[] Variance { get; }

    public long StepCount { get; set; }

    public void Step(float[] weights, float[] gradient, float learningRate)
    {
        StepCount++;
        var alpha = (float)(learningRate * Math.Sqrt(1 - Math.Pow(Beta2, StepCount)) / (1 - Math.Pow(Beta1, StepCount)));
        var decay = 1 - learningRate * _weightDecay;
        foreach (var range in _decayed)
            WeightVectors.Scale(weights.AsSpan(range), decay);
        foreach (var range in _updated)
            Step(weights.AsSpan(range), gradient.AsSpan(range), Mean.AsSpan(range), Variance.AsSpan(range), alpha);
    }

    private static void Step(Span<float> weights, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> variance, float alpha)
    {
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var m = MemoryMarshal.Cast<float, Vector<float>>(mean);
        var v = MemoryMarshal.Cast<float, Vector<float>>(variance);
        for (var i = 0; i < w.Length; i++)
        {
            m[i] = m[i] * (float)Beta1 + g[i] * (float)(1 - Beta1);
            v[i] = v[i] * (float)Beta2 + g[i] * g[i] * (float)(1 - Beta2);
            w[i] -= m[i] * alpha / (Vector.SquareRoot(v[i]) + new Vector<float>(Epsilon));
        }
        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            mean[i] = mean[i] * (float)Beta1 + gradient[i] * (float)(1 - Beta1);
            variance[i] = variance[i] * (float)Beta2 + gradient[i] * gradient[i] * (float)(1 - Beta2);
            weights[i] -= mean[i] * alpha / (MathF.Sqrt(variance[i]) + Epsilon);
        }
    }
}
