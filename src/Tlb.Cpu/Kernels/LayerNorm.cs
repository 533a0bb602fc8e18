using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Layer normalisation of columns, without scale and shift: those are folded into the linear layers that follow.</summary>
internal static unsafe class LayerNorm
{
    /// <summary>normed = (x - mean) / sqrt(variance + epsilon), for each column and lane.</summary>
    /// <param name="x">[columns][features][lanes].</param>
    /// <param name="normed">Receives the result, laid out as x.</param>
    /// <param name="inverse">Receives 1 / sqrt(variance + epsilon), [columns][lanes]; or null.</param>
    /// <param name="features">The features.</param>
    /// <param name="stride">The floats from one column to the next.</param>
    /// <param name="columns">The columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<L>(float* x, float* normed, float* inverse, int features, int stride, int columns) where L : unmanaged, ILanes<L>
    {
        var share = L.All(1f / features);
        for (var c = 0; c < columns; c++, x += stride, normed += stride)
        {
            var mean = Total<L>(x, features) * share;
            var variance = SquaredDistance(x, mean, features) * share;
            var scale = L.All(1) / L.Sqrt(variance + L.All(TlbConfig.LayerNormEpsilon));
            for (var i = 0; i < features; i++)
                L.Store((L.Load(x + i * L.Count) - mean) * scale, normed + i * L.Count);
            if (inverse is not null)
                L.Store(scale, inverse + c * L.Count);
        }
    }

    /// <summary>gradient of x += inverse x (g - mean(g) - normed x mean(g x normed)), for each column and lane.</summary>
    /// <param name="normed">What <see cref="Forward"/> gave, [columns][features][lanes].</param>
    /// <param name="inverse">What <see cref="Forward"/> gave, [columns][lanes].</param>
    /// <param name="gradient">g, the gradient of normed, laid out as normed.</param>
    /// <param name="target">The gradient of x, laid out as normed: added to.</param>
    /// <param name="features">The features.</param>
    /// <param name="stride">The floats from one column to the next.</param>
    /// <param name="columns">The columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<L>(float* normed, float* inverse, float* gradient, float* target, int features, int stride, int columns) where L : unmanaged, ILanes<L>
    {
        var share = L.All(1f / features);
        for (var c = 0; c < columns; c++, normed += stride, gradient += stride, target += stride, inverse += L.Count)
        {
            L sum0 = L.All(0), sum1 = sum0, dot0 = sum0, dot1 = sum0;
            var i = 0;
            for (; i + 2 <= features; i += 2)
            {
                L g0 = L.Load(gradient + i * L.Count), g1 = L.Load(gradient + (i + 1) * L.Count);
                sum0 += g0;
                sum1 += g1;
                dot0 = L.MultiplyAdd(g0, L.Load(normed + i * L.Count), dot0);
                dot1 = L.MultiplyAdd(g1, L.Load(normed + (i + 1) * L.Count), dot1);
            }
            for (; i < features; i++)
            {
                var g = L.Load(gradient + i * L.Count);
                sum0 += g;
                dot0 = L.MultiplyAdd(g, L.Load(normed + i * L.Count), dot0);
            }
            L mean = (sum0 + sum1) * share, along = (dot0 + dot1) * share, scale = L.Load(inverse);
            for (i = 0; i < features; i++)
            {
                var g = L.Load(gradient + i * L.Count) - mean - L.Load(normed + i * L.Count) * along;
                L.Store(L.MultiplyAdd(g, scale, L.Load(target + i * L.Count)), target + i * L.Count);
            }
        }
    }

    /// <summary>result = normed x scale + shift: for tokens, whose scale and shift no layer follows to be folded into.</summary>
    /// <param name="normed">[columns][features][lanes].</param>
    /// <param name="scale">[features].</param>
    /// <param name="shift">[features].</param>
    /// <param name="result">Receives the result, laid out as normed; may be <paramref name="normed"/>.</param>
    /// <param name="features">The features.</param>
    /// <param name="stride">The floats from one column to the next.</param>
    /// <param name="columns">The columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleAndShift<L>(float* normed, float* scale, float* shift, float* result, int features, int stride, int columns)
        where L : unmanaged, ILanes<L>
    {
        for (var c = 0; c < columns; c++, normed += stride, result += stride)
            for (var i = 0; i < features; i++)
                L.Store(L.MultiplyAdd(L.Load(normed + i * L.Count), L.All(scale[i]), L.All(shift[i])), result + i * L.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Total<L>(float* x, int features) where L : unmanaged, ILanes<L>
    {
        L a = L.All(0), b = a, c = a, d = a;
        var i = 0;
        for (; i + 4 <= features; i += 4)
        {
            a += L.Load(x + i * L.Count);
            b += L.Load(x + (i + 1) * L.Count);
            c += L.Load(x + (i + 2) * L.Count);
            d += L.Load(x + (i + 3) * L.Count);
        }
        for (; i < features; i++)
            a += L.Load(x + i * L.Count);
        return a + b + (c + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L SquaredDistance<L>(float* x, L mean, int features) where L : unmanaged, ILanes<L>
    {
        L a = L.All(0), b = a, c = a, d = a;
        var i = 0;
        for (; i + 4 <= features; i += 4)
        {
            L p = L.Load(x + i * L.Count) - mean, q = L.Load(x + (i + 1) * L.Count) - mean;
            L r = L.Load(x + (i + 2) * L.Count) - mean, s = L.Load(x + (i + 3) * L.Count) - mean;
            a = L.MultiplyAdd(p, p, a);
            b = L.MultiplyAdd(q, q, b);
            c = L.MultiplyAdd(r, r, c);
            d = L.MultiplyAdd(s, s, d);
        }
        for (; i < features; i++)
        {
            var p = L.Load(x + i * L.Count) - mean;
            a = L.MultiplyAdd(p, p, a);
        }
        return a + b + (c + d);
    }
}
