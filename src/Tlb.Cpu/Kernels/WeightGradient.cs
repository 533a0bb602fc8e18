using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>The gradients of a linear layer's weights: outer products of its input and the gradient of its output, summed over images and columns.</summary>
/// <remarks>
/// The sum runs over lanes, so the gradient is transposed first: then a register holds neighbouring outputs, and an input is a
/// number broadcast from memory, as in <see cref="MatMul"/>.
/// </remarks>
internal static unsafe class WeightGradient
{
    /// <summary>Adds to the gradients of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">What went in, [columns][inputs][lanes].</param>
    /// <param name="xStride">The floats from one column of x to the next.</param>
    /// <param name="yGradient">The gradient of what came out, [columns][outputs][lanes].</param>
    /// <param name="yStride">The floats from one column of it to the next.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="transposed">Working memory, [columns x lanes][stride of the layer's gradient].</param>
    /// <param name="gradients">The gradients of the whole network.</param>
    public static void Add<L>(Linear layer, float* x, int xStride, float* yGradient, int yStride, int columns, float* transposed, float* gradients)
        where L : unmanaged, ILanes<L>
    {
        var block = layer.MatrixGradient;
        for (var c = 0; c < columns; c++)
            Transpose.Column(yGradient + c * yStride, layer.Outputs, L.Count, transposed + (long)c * L.Count * block.Stride, block.Stride);
        AddRows<L>(transposed, block.Stride, columns * L.Count, gradients + layer.BiasGradient.Offset);
        var target = gradients + block.Offset;
        for (var n = 0; n < block.Stride; n += 2 * L.Count)
        {
            var row = 0;
            if (L.HasManyRegisters)
                for (; row + 8 <= block.Rows; row += 8)
                    Eight<L>(x + row * L.Count, xStride, transposed + n, block.Stride, columns, target + (long)row * block.Stride + n);
            for (; row + 4 <= block.Rows; row += 4)
                Four<L>(x + row * L.Count, xStride, transposed + n, block.Stride, columns, target + (long)row * block.Stride + n);
            for (; row < block.Rows; row++)
                One<L>(x + row * L.Count, xStride, transposed + n, block.Stride, columns, target + (long)row * block.Stride + n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows<L>(float* rows, int stride, int count, float* target) where L : unmanaged, ILanes<L>
    {
        for (var n = 0; n < stride; n += L.Count)
        {
            L sum = L.Load(target + n), other = L.All(0);
            for (var r = 0; r < count; r += 2)                               // lanes come in pairs
            {
                sum += L.Load(rows + r * stride + n);
                other += L.Load(rows + (r + 1) * stride + n);
            }
            L.Store(sum + other, target + n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight<L>(float* x, int xStride, float* y, int stride, int columns, float* target) where L : unmanaged, ILanes<L>
    {
        L a0 = L.All(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        L c0 = a0, c1 = a0, c2 = a0, c3 = a0, c4 = a0, c5 = a0, c6 = a0, c7 = a0;
        for (; columns > 0; columns--, x += xStride)
        {
            var p = x;
            for (var lane = 0; lane < L.Count; lane++, p++, y += stride)
            {
                L u = L.Load(y), v = L.Load(y + L.Count);
                var f = L.All(p[0]); L.Accumulate(ref a0, u, f); L.Accumulate(ref c0, v, f);
                f = L.All(p[L.Count]); L.Accumulate(ref a1, u, f); L.Accumulate(ref c1, v, f);
                f = L.All(p[2 * L.Count]); L.Accumulate(ref a2, u, f); L.Accumulate(ref c2, v, f);
                f = L.All(p[3 * L.Count]); L.Accumulate(ref a3, u, f); L.Accumulate(ref c3, v, f);
                f = L.All(p[4 * L.Count]); L.Accumulate(ref a4, u, f); L.Accumulate(ref c4, v, f);
                f = L.All(p[5 * L.Count]); L.Accumulate(ref a5, u, f); L.Accumulate(ref c5, v, f);
                f = L.All(p[6 * L.Count]); L.Accumulate(ref a6, u, f); L.Accumulate(ref c6, v, f);
                f = L.All(p[7 * L.Count]); L.Accumulate(ref a7, u, f); L.Accumulate(ref c7, v, f);
            }
        }
        AddTo(a0, c0, target); AddTo(a1, c1, target + stride); AddTo(a2, c2, target + 2 * stride); AddTo(a3, c3, target + 3 * stride);
        AddTo(a4, c4, target + 4 * stride); AddTo(a5, c5, target + 5 * stride); AddTo(a6, c6, target + 6 * stride); AddTo(a7, c7, target + 7 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<L>(float* x, int xStride, float* y, int stride, int columns, float* target) where L : unmanaged, ILanes<L>
    {
        L a0 = L.All(0), a1 = a0, a2 = a0, a3 = a0, c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        for (; columns > 0; columns--, x += xStride)
        {
            var p = x;
            for (var lane = 0; lane < L.Count; lane++, p++, y += stride)
            {
                L u = L.Load(y), v = L.Load(y + L.Count);
                var f = L.All(p[0]); L.Accumulate(ref a0, u, f); L.Accumulate(ref c0, v, f);
                f = L.All(p[L.Count]); L.Accumulate(ref a1, u, f); L.Accumulate(ref c1, v, f);
                f = L.All(p[2 * L.Count]); L.Accumulate(ref a2, u, f); L.Accumulate(ref c2, v, f);
                f = L.All(p[3 * L.Count]); L.Accumulate(ref a3, u, f); L.Accumulate(ref c3, v, f);
            }
        }
        AddTo(a0, c0, target); AddTo(a1, c1, target + stride); AddTo(a2, c2, target + 2 * stride); AddTo(a3, c3, target + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<L>(float* x, int xStride, float* y, int stride, int columns, float* target) where L : unmanaged, ILanes<L>
    {
        L a = L.All(0), c = a;
        for (; columns > 0; columns--, x += xStride)
            for (var lane = 0; lane < L.Count; lane++, y += stride)
            {
                var f = L.All(x[lane]);
                L.Accumulate(ref a, L.Load(y), f);
                L.Accumulate(ref c, L.Load(y + L.Count), f);
            }
        AddTo(a, c, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<L>(L first, L second, float* target) where L : unmanaged, ILanes<L>
    {
        L.Store(L.Load(target) + first, target);
        L.Store(L.Load(target + L.Count) + second, target + L.Count);
    }
}
