using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>The exact GELU, x Phi(x), and its derivative, Phi(x) + x phi(x): both are 1/2 plus an odd function.</summary>
/// <remarks>
/// The odd functions are x Q(x^2) with minimax polynomials Q in x^2 moved to -1..1, where float32 rounds them well; beyond the
/// range they are constant. The value is right to 6e-7 of max(1, |x|), the derivative to 2e-6.
/// </remarks>
internal static unsafe class Gelu
{
    private const float ValueRange = 5.1f;
    private const float SlopeRange = 5.2f;

    private static ReadOnlySpan<float> Value =>
    [
        0.000660159574f, -0.00196471063f, 0.00239369213f, -0.00321341886f, 0.00686591509f, -0.0120360411f, 0.0174646564f,
        -0.024012844f, 0.0317158612f, -0.0402190941f, 0.0507829893f, -0.0690032464f, 0.138605282f,
    ];

    private static ReadOnlySpan<float> Slope =>
    [
        -0.00870047362f, 0.0209482532f, -0.0131946486f, 0.0114091419f, -0.0433702487f, 0.0692277026f, -0.0720698583f,
        0.075664708f, -0.0788782006f, 0.0727947152f, -0.0637796535f, 0.0605583505f, -0.0708684397f, 0.136412769f,
    ];

    /// <summary>result = GELU(x).</summary>
    /// <param name="x">The values.</param>
    /// <param name="result">Receives the results; may be <paramref name="x"/>.</param>
    /// <param name="count">The registers' worth of values, a multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<L>(float* x, float* result, int count) where L : unmanaged, ILanes<L>
    {
        for (; count > 0; count -= 4, x += 4 * L.Count, result += 4 * L.Count)
        {
            L a = L.Load(x), b = L.Load(x + L.Count), c = L.Load(x + 2 * L.Count), d = L.Load(x + 3 * L.Count);
            L p = a, q = b, r = c, s = d;
            HalfPlusOdd(ref p, ref q, ref r, ref s, ValueRange, Value);
            L.Store(a * p, result);
            L.Store(b * q, result + L.Count);
            L.Store(c * r, result + 2 * L.Count);
            L.Store(d * s, result + 3 * L.Count);
        }
    }

    /// <summary>gradient becomes gradient x GELU'(x), and x becomes GELU(x).</summary>
    /// <param name="x">The values.</param>
    /// <param name="gradient">The gradients of the results.</param>
    /// <param name="count">The registers' worth of values, a multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<L>(float* x, float* gradient, int count) where L : unmanaged, ILanes<L>
    {
        for (var i = 0; i < count; i += 4)
        {
            float* at = x + i * L.Count, to = gradient + i * L.Count;
            L p = L.Load(at), q = L.Load(at + L.Count), r = L.Load(at + 2 * L.Count), s = L.Load(at + 3 * L.Count);
            HalfPlusOdd(ref p, ref q, ref r, ref s, SlopeRange, Slope);
            L.Store(L.Load(to) * p, to);
            L.Store(L.Load(to + L.Count) * q, to + L.Count);
            L.Store(L.Load(to + 2 * L.Count) * r, to + 2 * L.Count);
            L.Store(L.Load(to + 3 * L.Count) * s, to + 3 * L.Count);
        }
        Forward<L>(x, x, count);
    }

    /// <summary>1/2 + x Q(x^2), for four registers at once: enough to do while each waits for its last product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void HalfPlusOdd<L>(ref L a, ref L b, ref L c, ref L d, float range, ReadOnlySpan<float> polynomial) where L : unmanaged, ILanes<L>
    {
        L low = L.All(-range), high = L.All(range), factor = L.All(2 / (range * range)), one = L.All(-1);
        L x = L.Min(L.Max(a, low), high), y = L.Min(L.Max(b, low), high), z = L.Min(L.Max(c, low), high), w = L.Min(L.Max(d, low), high);
        L s = L.MultiplyAdd(x * x, factor, one), t = L.MultiplyAdd(y * y, factor, one);
        L u = L.MultiplyAdd(z * z, factor, one), v = L.MultiplyAdd(w * w, factor, one);
        L p = L.All(polynomial[0]), q = p, r = p, o = p;
        for (var i = 1; i < polynomial.Length; i++)
        {
            var coefficient = L.All(polynomial[i]);
            p = L.MultiplyAdd(p, s, coefficient);
            q = L.MultiplyAdd(q, t, coefficient);
            r = L.MultiplyAdd(r, u, coefficient);
            o = L.MultiplyAdd(o, v, coefficient);
        }
        var half = L.All(0.5f);
        a = L.MultiplyAdd(p, x, half);
        b = L.MultiplyAdd(q, y, half);
        c = L.MultiplyAdd(r, z, half);
        d = L.MultiplyAdd(o, w, half);
    }
}
