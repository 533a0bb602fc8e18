using System.Numerics;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>AdamW as Keras defines it: decay first; epsilon outside the bias correction.</summary>
internal sealed class AdamW
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const float Epsilon = 1e-7f;

    private readonly float _weightDecay;
    private readonly IReadOnlyList<Range> _decayed;

    /// <summary>Makes an optimizer.</summary>
    /// <param name="count">The weights.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <param name="decayed">The weights that decay.</param>
    public AdamW(int count, float weightDecay, IReadOnlyList<Range> decayed)
    {
        (_weightDecay, _decayed) = (weightDecay, decayed);
        (Mean, Variance) = (new float[count], new float[count]);
    }

    /// <summary>The mean of the gradients.</summary>
    public float[] Mean { get; }

    /// <summary>The mean of the squared gradients.</summary>
    public float[] Variance { get; }

    /// <summary>The steps done.</summary>
    public long StepCount { get; set; }

    /// <summary>Updates the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradient">The gradient of the loss.</param>
    /// <param name="learningRate">The learning rate.</param>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradient, float learningRate)
    {
        StepCount++;
        var alpha = (float)(learningRate * Math.Sqrt(1 - Math.Pow(Beta2, StepCount)) / (1 - Math.Pow(Beta1, StepCount)));
        var decay = 1 - learningRate * _weightDecay;
        foreach (var range in _decayed)
            WeightVectors.Scale(weights[range], decay);
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var m = MemoryMarshal.Cast<float, Vector<float>>(Mean.AsSpan());
        var v = MemoryMarshal.Cast<float, Vector<float>>(Variance.AsSpan());
        for (var i = 0; i < w.Length; i++)
        {
            m[i] = m[i] * (float)Beta1 + g[i] * (float)(1 - Beta1);
            v[i] = v[i] * (float)Beta2 + g[i] * g[i] * (float)(1 - Beta2);
            w[i] -= m[i] * alpha / (Vector.SquareRoot(v[i]) + new Vector<float>(Epsilon));
        }
        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            Mean[i] = Mean[i] * (float)Beta1 + gradient[i] * (float)(1 - Beta1);
            Variance[i] = Variance[i] * (float)Beta2 + gradient[i] * gradient[i] * (float)(1 - Beta2);
            weights[i] -= Mean[i] * alpha / (MathF.Sqrt(Variance[i]) + Epsilon);
        }
    }
}
