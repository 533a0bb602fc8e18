using System.Numerics;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>AdamW as Keras defines it: decay first, on all weights; epsilon outside the bias correction.</summary>
/// <param name="count">The weights.</param>
/// <param name="weightDecay">The decoupled weight decay.</param>
internal sealed class AdamW(int count, float weightDecay)
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const float Epsilon = 1e-7f;

    private readonly float[] _mean = new float[count];
    private readonly float[] _variance = new float[count];
    private int _step;

    /// <summary>Updates the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradient">The gradient of the loss.</param>
    /// <param name="learningRate">The learning rate.</param>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradient, float learningRate)
    {
        _step++;
        var alpha = (float)(learningRate * Math.Sqrt(1 - Math.Pow(Beta2, _step)) / (1 - Math.Pow(Beta1, _step)));
        var decay = 1 - learningRate * weightDecay;
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var m = MemoryMarshal.Cast<float, Vector<float>>(_mean.AsSpan());
        var v = MemoryMarshal.Cast<float, Vector<float>>(_variance.AsSpan());
        for (var i = 0; i < w.Length; i++)
        {
            m[i] = m[i] * (float)Beta1 + g[i] * (float)(1 - Beta1);
            v[i] = v[i] * (float)Beta2 + g[i] * g[i] * (float)(1 - Beta2);
            w[i] = w[i] * decay - m[i] * alpha / (Vector.SquareRoot(v[i]) + new Vector<float>(Epsilon));
        }
        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            _mean[i] = _mean[i] * (float)Beta1 + gradient[i] * (float)(1 - Beta1);
            _variance[i] = _variance[i] * (float)Beta2 + gradient[i] * gradient[i] * (float)(1 - Beta2);
            weights[i] = weights[i] * decay - _mean[i] * alpha / (MathF.Sqrt(_variance[i]) + Epsilon);
        }
    }
}
