using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>The gradient of a convolution's result at one place.</summary>
/// <param name="Offset">Where the place's window begins in what was read.</param>
/// <param name="Value">The gradient.</param>
internal readonly unsafe record struct PooledGradient(int Offset, float Value)
{
    /// <summary>Adds the outer products with a row of each window: to a row of the kernel's gradient.</summary>
    /// <param name="gradients">The gradients of one output of one image.</param>
    /// <param name="count">Their count.</param>
    /// <param name="x">What was read, from the row of the windows on; up to a pair of registers is read beyond a window.</param>
    /// <param name="target">The row that is added to.</param>
    /// <param name="run">The features of a row; all of the last pair of registers is added to.</param>
    public static void AddToKernel<L>(PooledGradient* gradients, int count, float* x, float* target, int run) where L : unmanaged, ILanes<L>
    {
        for (; run > 10 * L.Count; run -= 12 * L.Count, x += 12 * L.Count, target += 12 * L.Count)
            TwelveToKernel<L>(gradients, count, x, target);
        for (; run > 0; run -= 2 * L.Count, x += 2 * L.Count, target += 2 * L.Count)
            TwoToKernel<L>(gradients, count, x, target);
    }

    /// <summary>Adds multiples of a row of a kernel: to the gradient of what was read.</summary>
    /// <param name="gradients">The gradients of one output of one image.</param>
    /// <param name="count">Their count.</param>
    /// <param name="row">The row, filled up with zeros.</param>
    /// <param name="target">The gradient, from the row of the windows on; up to a pair of registers beyond a window is added 0 to.</param>
    /// <param name="run">The features of a row.</param>
    public static void AddToInput<L>(PooledGradient* gradients, int count, float* row, float* target, int run) where L : unmanaged, ILanes<L>
    {
        for (; run > 10 * L.Count; run -= 12 * L.Count, row += 12 * L.Count, target += 12 * L.Count)
            TwelveToInput<L>(gradients, count, row, target);
        for (; run > 0; run -= 2 * L.Count, row += 2 * L.Count, target += 2 * L.Count)
            TwoToInput<L>(gradients, count, row, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwelveToKernel<L>(PooledGradient* gradients, int count, float* x, float* target) where L : unmanaged, ILanes<L>
    {
        L a0 = L.Load(target), a1 = L.Load(target + L.Count), a2 = L.Load(target + 2 * L.Count), a3 = L.Load(target + 3 * L.Count);
        L a4 = L.Load(target + 4 * L.Count), a5 = L.Load(target + 5 * L.Count), a6 = L.Load(target + 6 * L.Count), a7 = L.Load(target + 7 * L.Count);
        L a8 = L.Load(target + 8 * L.Count), a9 = L.Load(target + 9 * L.Count), aa = L.Load(target + 10 * L.Count), ab = L.Load(target + 11 * L.Count);
        for (var end = gradients + count; gradients < end; gradients++)
        {
            var f = L.All(gradients->Value);
            var p = x + gradients->Offset;
            L.Accumulate(ref a0, f, L.Load(p)); L.Accumulate(ref a1, f, L.Load(p + L.Count));
            L.Accumulate(ref a2, f, L.Load(p + 2 * L.Count)); L.Accumulate(ref a3, f, L.Load(p + 3 * L.Count));
            L.Accumulate(ref a4, f, L.Load(p + 4 * L.Count)); L.Accumulate(ref a5, f, L.Load(p + 5 * L.Count));
            L.Accumulate(ref a6, f, L.Load(p + 6 * L.Count)); L.Accumulate(ref a7, f, L.Load(p + 7 * L.Count));
            L.Accumulate(ref a8, f, L.Load(p + 8 * L.Count)); L.Accumulate(ref a9, f, L.Load(p + 9 * L.Count));
            L.Accumulate(ref aa, f, L.Load(p + 10 * L.Count)); L.Accumulate(ref ab, f, L.Load(p + 11 * L.Count));
        }
        L.Store(a0, target); L.Store(a1, target + L.Count); L.Store(a2, target + 2 * L.Count); L.Store(a3, target + 3 * L.Count);
        L.Store(a4, target + 4 * L.Count); L.Store(a5, target + 5 * L.Count); L.Store(a6, target + 6 * L.Count); L.Store(a7, target + 7 * L.Count);
        L.Store(a8, target + 8 * L.Count); L.Store(a9, target + 9 * L.Count); L.Store(aa, target + 10 * L.Count); L.Store(ab, target + 11 * L.Count);
    }

    /// <summary>Four gradients at a time, so that eight sums are under way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoToKernel<L>(PooledGradient* gradients, int count, float* x, float* target) where L : unmanaged, ILanes<L>
    {
        L a0 = L.Load(target), c0 = L.Load(target + L.Count), a1 = L.All(0), c1 = a1, a2 = a1, c2 = a1, a3 = a1, c3 = a1;
        for (; count >= 4; count -= 4, gradients += 4)
        {
            float* p0 = x + gradients->Offset, p1 = x + gradients[1].Offset, p2 = x + gradients[2].Offset, p3 = x + gradients[3].Offset;
            var f = L.All(gradients->Value); L.Accumulate(ref a0, f, L.Load(p0)); L.Accumulate(ref c0, f, L.Load(p0 + L.Count));
            f = L.All(gradients[1].Value); L.Accumulate(ref a1, f, L.Load(p1)); L.Accumulate(ref c1, f, L.Load(p1 + L.Count));
            f = L.All(gradients[2].Value); L.Accumulate(ref a2, f, L.Load(p2)); L.Accumulate(ref c2, f, L.Load(p2 + L.Count));
            f = L.All(gradients[3].Value); L.Accumulate(ref a3, f, L.Load(p3)); L.Accumulate(ref c3, f, L.Load(p3 + L.Count));
        }
        for (; count > 0; count--, gradients++)
        {
            L f = L.All(gradients->Value);
            L.Accumulate(ref a0, f, L.Load(x + gradients->Offset)); L.Accumulate(ref c0, f, L.Load(x + gradients->Offset + L.Count));
        }
        L.Store(a0 + a1 + (a2 + a3), target); L.Store(c0 + c1 + (c2 + c3), target + L.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwelveToInput<L>(PooledGradient* gradients, int count, float* row, float* target) where L : unmanaged, ILanes<L>
    {
        L w0 = L.Load(row), w1 = L.Load(row + L.Count), w2 = L.Load(row + 2 * L.Count), w3 = L.Load(row + 3 * L.Count);
        L w4 = L.Load(row + 4 * L.Count), w5 = L.Load(row + 5 * L.Count), w6 = L.Load(row + 6 * L.Count), w7 = L.Load(row + 7 * L.Count);
        L w8 = L.Load(row + 8 * L.Count), w9 = L.Load(row + 9 * L.Count), wa = L.Load(row + 10 * L.Count), wb = L.Load(row + 11 * L.Count);
        for (var end = gradients + count; gradients < end; gradients++)
        {
            var f = L.All(gradients->Value);
            var p = target + gradients->Offset;
            L.Store(L.MultiplyAdd(f, w0, L.Load(p)), p); L.Store(L.MultiplyAdd(f, w1, L.Load(p + L.Count)), p + L.Count);
            L.Store(L.MultiplyAdd(f, w2, L.Load(p + 2 * L.Count)), p + 2 * L.Count); L.Store(L.MultiplyAdd(f, w3, L.Load(p + 3 * L.Count)), p + 3 * L.Count);
            L.Store(L.MultiplyAdd(f, w4, L.Load(p + 4 * L.Count)), p + 4 * L.Count); L.Store(L.MultiplyAdd(f, w5, L.Load(p + 5 * L.Count)), p + 5 * L.Count);
            L.Store(L.MultiplyAdd(f, w6, L.Load(p + 6 * L.Count)), p + 6 * L.Count); L.Store(L.MultiplyAdd(f, w7, L.Load(p + 7 * L.Count)), p + 7 * L.Count);
            L.Store(L.MultiplyAdd(f, w8, L.Load(p + 8 * L.Count)), p + 8 * L.Count); L.Store(L.MultiplyAdd(f, w9, L.Load(p + 9 * L.Count)), p + 9 * L.Count);
            L.Store(L.MultiplyAdd(f, wa, L.Load(p + 10 * L.Count)), p + 10 * L.Count); L.Store(L.MultiplyAdd(f, wb, L.Load(p + 11 * L.Count)), p + 11 * L.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoToInput<L>(PooledGradient* gradients, int count, float* row, float* target) where L : unmanaged, ILanes<L>
    {
        L w0 = L.Load(row), w1 = L.Load(row + L.Count);
        for (var end = gradients + count; gradients < end; gradients++)
        {
            var f = L.All(gradients->Value);
            var p = target + gradients->Offset;
            L.Store(L.MultiplyAdd(f, w0, L.Load(p)), p);
            L.Store(L.MultiplyAdd(f, w1, L.Load(p + L.Count)), p + L.Count);
        }
    }
}
