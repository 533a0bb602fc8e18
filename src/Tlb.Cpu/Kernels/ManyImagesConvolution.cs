using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Each lane is an image: a window is multiplied as in <see cref="MatMul"/>, run by run where it lies, without being copied.</summary>
internal readonly unsafe struct ManyImagesConvolution<L> : IConvolutionKernel where L : unmanaged, ILanes<L>
{
    public static int Images => L.Count;

    public static void Row(FoldedConvolution layer, float* x, float* y)
    {
        var shape = layer.Shape;
        int step = shape.Inputs * L.Count, yStep = shape.PaddedOutputs * L.Count;
        for (var place = 0; place < shape.Size; place += 2)
        {
            // Two places at a time; the last two may have been done in part, and come out the same.
            var first = Math.Max(0, Math.Min(place, shape.Size - 2));
            var second = Math.Min(first + 1, shape.Size - 1);
            float* window = x + first * step, y0 = y + first * yStep, y1 = y + second * yStep;
            if (L.HasManyRegisters)
                EightByTwo(layer, window, (second - first) * step, y0, y1);
            else
                FourByTwo(layer, window, (second - first) * step, y0, y1);
        }
    }

    public static void Multiply(PackedMatrix matrix, float* bias, float* x, int xStride, float* y, int yStride, int columns) =>
        MatMul.Forward<L>(matrix, bias, x, xStride, y, yStride, columns);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwo(FoldedConvolution layer, float* x, nint step, float* y0, float* y1)
    {
        var shape = layer.Shape;
        nint run = shape.Run * L.Count, row = (nint)shape.Row * L.Count, rows = row * shape.Kernel;
        float* w = layer.Matrix!.Values, b = layer.Bias;
        for (var n = shape.PaddedOutputs; n > 0; n -= 8, b += 8, y0 += 8 * L.Count, y1 += 8 * L.Count)
        {
            L a0 = L.All(b[0]), a1 = L.All(b[1]), a2 = L.All(b[2]), a3 = L.All(b[3]), a4 = L.All(b[4]), a5 = L.All(b[5]), a6 = L.All(b[6]), a7 = L.All(b[7]);
            L c0 = a0, c1 = a1, c2 = a2, c3 = a3, c4 = a4, c5 = a5, c6 = a6, c7 = a7;
            for (float* from = x, last = x + rows; from < last; from += row)
                for (float* p = from, end = from + run; p < end; p += L.Count, w += 8)
                {
                    L u = L.Load(p), v = L.Load(p + step);
                    var f = L.All(w[0]); L.Accumulate(ref a0, u, f); L.Accumulate(ref c0, v, f);
                    f = L.All(w[1]); L.Accumulate(ref a1, u, f); L.Accumulate(ref c1, v, f);
                    f = L.All(w[2]); L.Accumulate(ref a2, u, f); L.Accumulate(ref c2, v, f);
                    f = L.All(w[3]); L.Accumulate(ref a3, u, f); L.Accumulate(ref c3, v, f);
                    f = L.All(w[4]); L.Accumulate(ref a4, u, f); L.Accumulate(ref c4, v, f);
                    f = L.All(w[5]); L.Accumulate(ref a5, u, f); L.Accumulate(ref c5, v, f);
                    f = L.All(w[6]); L.Accumulate(ref a6, u, f); L.Accumulate(ref c6, v, f);
                    f = L.All(w[7]); L.Accumulate(ref a7, u, f); L.Accumulate(ref c7, v, f);
                }
            L.Store(a0, y0); L.Store(a1, y0 + L.Count); L.Store(a2, y0 + 2 * L.Count); L.Store(a3, y0 + 3 * L.Count);
            L.Store(a4, y0 + 4 * L.Count); L.Store(a5, y0 + 5 * L.Count); L.Store(a6, y0 + 6 * L.Count); L.Store(a7, y0 + 7 * L.Count);
            L.Store(c0, y1); L.Store(c1, y1 + L.Count); L.Store(c2, y1 + 2 * L.Count); L.Store(c3, y1 + 3 * L.Count);
            L.Store(c4, y1 + 4 * L.Count); L.Store(c5, y1 + 5 * L.Count); L.Store(c6, y1 + 6 * L.Count); L.Store(c7, y1 + 7 * L.Count);
        }
    }

    /// <summary>Half a panel at a time: eight sums, where sixteen would not fit the registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(FoldedConvolution layer, float* x, nint step, float* y0, float* y1)
    {
        var shape = layer.Shape;
        nint run = shape.Run * L.Count, row = (nint)shape.Row * L.Count, rows = row * shape.Kernel;
        float* panel = layer.Matrix!.Values, b = layer.Bias;
        for (var n = 0; n < shape.PaddedOutputs; n += 4, b += 4, y0 += 4 * L.Count, y1 += 4 * L.Count)
        {
            L a0 = L.All(b[0]), a1 = L.All(b[1]), a2 = L.All(b[2]), a3 = L.All(b[3]);
            L c0 = a0, c1 = a1, c2 = a2, c3 = a3;
            var w = panel + (nint)(n / 8) * layer.Matrix.Inputs * 8 + n % 8;
            for (float* from = x, last = x + rows; from < last; from += row)
                for (float* p = from, end = from + run; p < end; p += L.Count, w += 8)
                {
                    L u = L.Load(p), v = L.Load(p + step);
                    var f = L.All(w[0]); L.Accumulate(ref a0, u, f); L.Accumulate(ref c0, v, f);
                    f = L.All(w[1]); L.Accumulate(ref a1, u, f); L.Accumulate(ref c1, v, f);
                    f = L.All(w[2]); L.Accumulate(ref a2, u, f); L.Accumulate(ref c2, v, f);
                    f = L.All(w[3]); L.Accumulate(ref a3, u, f); L.Accumulate(ref c3, v, f);
                }
            L.Store(a0, y0); L.Store(a1, y0 + L.Count); L.Store(a2, y0 + 2 * L.Count); L.Store(a3, y0 + 3 * L.Count);
            L.Store(c0, y1); L.Store(c1, y1 + L.Count); L.Store(c2, y1 + 2 * L.Count); L.Store(c3, y1 + 3 * L.Count);
        }
    }
}
