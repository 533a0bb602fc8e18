using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Softmax: what makes scores or logits probabilities.</summary>
internal static unsafe class Softmax
{
    /// <summary>Scores become probabilities, for each lane.</summary>
    /// <param name="scores">[keys][lanes].</param>
    /// <param name="keys">The keys.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<L>(float* scores, int keys) where L : unmanaged, ILanes<L>
    {
        var largest = L.Load(scores);
        for (var k = 1; k < keys; k++)
            largest = L.Max(largest, L.Load(scores + k * L.Count));
        var sum = L.All(0);
        for (var k = 0; k < keys; k++)
        {
            var e = L.Exp(L.Load(scores + k * L.Count) - largest);
            sum += e;
            L.Store(e, scores + k * L.Count);
        }
        var share = L.All(1) / sum;
        for (var k = 0; k < keys; k++)
            L.Store(L.Load(scores + k * L.Count) * share, scores + k * L.Count);
    }

    /// <summary>One image's logits become probabilities.</summary>
    public static void Forward(Span<float> values)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in values)
            largest = Math.Max(largest, value);
        float sum = 0;
        foreach (ref var value in values)
            sum += value = MathF.Exp(value - largest);
        foreach (ref var value in values)
            value /= sum;
    }
}
