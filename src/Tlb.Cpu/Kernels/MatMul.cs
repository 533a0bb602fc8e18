using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>The matrix products: most of the time is spent here.</summary>
/// <remarks>
/// Activations lie as columns of features of lanes, [column][feature][lane]: one column for each token. A weight is the same for
/// all lanes, so the kernel loads a feature of two columns, and multiplies it with eight weights broadcast from memory: sixteen
/// sums stay in registers (eight where there are only 16 registers).
/// </remarks>
internal static unsafe class MatMul
{
    /// <summary>y = W x + b for some columns; or y += W x + b.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="bias">b, [padded outputs].</param>
    /// <param name="x">The inputs, [columns][features][lanes], of which the first W.Inputs features are read.</param>
    /// <param name="xStride">The floats from one column of x to the next.</param>
    /// <param name="y">The outputs, [columns][features][lanes]; W.PaddedOutputs features are written.</param>
    /// <param name="yStride">The floats from one column of y to the next.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="add">Whether to add to y.</param>
    public static void Forward<L>(PackedMatrix matrix, float* bias, float* x, int xStride, float* y, int yStride, int columns, bool add = false)
        where L : unmanaged, ILanes<L>
    {
        for (; columns >= 2; columns -= 2, x += 2 * xStride, y += 2 * yStride)
        {
            if (L.HasManyRegisters)
                EightByTwo<L>(matrix.Values, bias, matrix.Inputs, matrix.PaddedOutputs, x, x + xStride, y, y + yStride, add);
            else
                FourByTwo<L>(matrix.Values, bias, matrix.Inputs, matrix.PaddedOutputs, x, x + xStride, y, y + yStride, add);
        }
        if (columns > 0)
            EightByOne<L>(matrix.Values, bias, matrix.Inputs, matrix.PaddedOutputs, x, y, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwo<L>(float* w, float* b, int inputs, int outputs, float* x0, float* x1, float* y0, float* y1, bool add)
        where L : unmanaged, ILanes<L>
    {
        for (var n = 0; n < outputs; n += 8, b += 8, y0 += 8 * L.Count, y1 += 8 * L.Count)
        {
            L a0 = L.All(b[0]), a1 = L.All(b[1]), a2 = L.All(b[2]), a3 = L.All(b[3]), a4 = L.All(b[4]), a5 = L.All(b[5]), a6 = L.All(b[6]), a7 = L.All(b[7]);
            L c0 = a0, c1 = a1, c2 = a2, c3 = a3, c4 = a4, c5 = a5, c6 = a6, c7 = a7;
            float* end = w + inputs * 8, p = x0, q = x1;
            for (; w < end; w += 8, p += L.Count, q += L.Count)
            {
                L u = L.Load(p), v = L.Load(q);
                var f = L.All(w[0]); L.Accumulate(ref a0, u, f); L.Accumulate(ref c0, v, f);
                f = L.All(w[1]); L.Accumulate(ref a1, u, f); L.Accumulate(ref c1, v, f);
                f = L.All(w[2]); L.Accumulate(ref a2, u, f); L.Accumulate(ref c2, v, f);
                f = L.All(w[3]); L.Accumulate(ref a3, u, f); L.Accumulate(ref c3, v, f);
                f = L.All(w[4]); L.Accumulate(ref a4, u, f); L.Accumulate(ref c4, v, f);
                f = L.All(w[5]); L.Accumulate(ref a5, u, f); L.Accumulate(ref c5, v, f);
                f = L.All(w[6]); L.Accumulate(ref a6, u, f); L.Accumulate(ref c6, v, f);
                f = L.All(w[7]); L.Accumulate(ref a7, u, f); L.Accumulate(ref c7, v, f);
            }
            if (add)
            {
                a0 += L.Load(y0); a1 += L.Load(y0 + L.Count); a2 += L.Load(y0 + 2 * L.Count); a3 += L.Load(y0 + 3 * L.Count);
                a4 += L.Load(y0 + 4 * L.Count); a5 += L.Load(y0 + 5 * L.Count); a6 += L.Load(y0 + 6 * L.Count); a7 += L.Load(y0 + 7 * L.Count);
                c0 += L.Load(y1); c1 += L.Load(y1 + L.Count); c2 += L.Load(y1 + 2 * L.Count); c3 += L.Load(y1 + 3 * L.Count);
                c4 += L.Load(y1 + 4 * L.Count); c5 += L.Load(y1 + 5 * L.Count); c6 += L.Load(y1 + 6 * L.Count); c7 += L.Load(y1 + 7 * L.Count);
            }
            L.Store(a0, y0); L.Store(a1, y0 + L.Count); L.Store(a2, y0 + 2 * L.Count); L.Store(a3, y0 + 3 * L.Count);
            L.Store(a4, y0 + 4 * L.Count); L.Store(a5, y0 + 5 * L.Count); L.Store(a6, y0 + 6 * L.Count); L.Store(a7, y0 + 7 * L.Count);
            L.Store(c0, y1); L.Store(c1, y1 + L.Count); L.Store(c2, y1 + 2 * L.Count); L.Store(c3, y1 + 3 * L.Count);
            L.Store(c4, y1 + 4 * L.Count); L.Store(c5, y1 + 5 * L.Count); L.Store(c6, y1 + 6 * L.Count); L.Store(c7, y1 + 7 * L.Count);
        }
    }

    /// <summary>Half a panel at a time: eight sums, where sixteen would not fit the registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo<L>(float* w, float* b, int inputs, int outputs, float* x0, float* x1, float* y0, float* y1, bool add)
        where L : unmanaged, ILanes<L>
    {
        for (var n = 0; n < outputs; n += 4, b += 4, y0 += 4 * L.Count, y1 += 4 * L.Count)
        {
            L a0 = L.All(b[0]), a1 = L.All(b[1]), a2 = L.All(b[2]), a3 = L.All(b[3]);
            L c0 = a0, c1 = a1, c2 = a2, c3 = a3;
            float* p = x0, q = x1, weight = w + n / 8 * inputs * 8 + n % 8;
            for (var k = 0; k < inputs; k++, weight += 8, p += L.Count, q += L.Count)
            {
                L u = L.Load(p), v = L.Load(q);
                var f = L.All(weight[0]); L.Accumulate(ref a0, u, f); L.Accumulate(ref c0, v, f);
                f = L.All(weight[1]); L.Accumulate(ref a1, u, f); L.Accumulate(ref c1, v, f);
                f = L.All(weight[2]); L.Accumulate(ref a2, u, f); L.Accumulate(ref c2, v, f);
                f = L.All(weight[3]); L.Accumulate(ref a3, u, f); L.Accumulate(ref c3, v, f);
            }
            if (add)
            {
                a0 += L.Load(y0); a1 += L.Load(y0 + L.Count); a2 += L.Load(y0 + 2 * L.Count); a3 += L.Load(y0 + 3 * L.Count);
                c0 += L.Load(y1); c1 += L.Load(y1 + L.Count); c2 += L.Load(y1 + 2 * L.Count); c3 += L.Load(y1 + 3 * L.Count);
            }
            L.Store(a0, y0); L.Store(a1, y0 + L.Count); L.Store(a2, y0 + 2 * L.Count); L.Store(a3, y0 + 3 * L.Count);
            L.Store(c0, y1); L.Store(c1, y1 + L.Count); L.Store(c2, y1 + 2 * L.Count); L.Store(c3, y1 + 3 * L.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByOne<L>(float* w, float* b, int inputs, int outputs, float* x, float* y, bool add)
        where L : unmanaged, ILanes<L>
    {
        for (var n = 0; n < outputs; n += 8, b += 8, y += 8 * L.Count)
        {
            L a0 = L.All(b[0]), a1 = L.All(b[1]), a2 = L.All(b[2]), a3 = L.All(b[3]), a4 = L.All(b[4]), a5 = L.All(b[5]), a6 = L.All(b[6]), a7 = L.All(b[7]);
            float* end = w + inputs * 8, p = x;
            for (; w < end; w += 8, p += L.Count)
            {
                var u = L.Load(p);
                L.Accumulate(ref a0, u, L.All(w[0])); L.Accumulate(ref a1, u, L.All(w[1]));
                L.Accumulate(ref a2, u, L.All(w[2])); L.Accumulate(ref a3, u, L.All(w[3]));
                L.Accumulate(ref a4, u, L.All(w[4])); L.Accumulate(ref a5, u, L.All(w[5]));
                L.Accumulate(ref a6, u, L.All(w[6])); L.Accumulate(ref a7, u, L.All(w[7]));
            }
            if (add)
            {
                a0 += L.Load(y); a1 += L.Load(y + L.Count); a2 += L.Load(y + 2 * L.Count); a3 += L.Load(y + 3 * L.Count);
                a4 += L.Load(y + 4 * L.Count); a5 += L.Load(y + 5 * L.Count); a6 += L.Load(y + 6 * L.Count); a7 += L.Load(y + 7 * L.Count);
            }
            L.Store(a0, y); L.Store(a1, y + L.Count); L.Store(a2, y + 2 * L.Count); L.Store(a3, y + 3 * L.Count);
            L.Store(a4, y + 4 * L.Count); L.Store(a5, y + 5 * L.Count); L.Store(a6, y + 6 * L.Count); L.Store(a7, y + 7 * L.Count);
        }
    }
}
