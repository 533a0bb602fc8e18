using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tlb.Cpu;

/// <summary>Products of small row-major matrices, for folding and updating weights: once per step, so simple rather than as fast as can be.</summary>
internal static unsafe class SmallMatrix
{
    private const int Rows = 8;                                              // taken at once
    private const int Block = 4;                                             // rows and columns transposed at once

    private static int Unit => Math.Max(Rows, Registers.WideLanes);          // a multiple of the rows and the lanes

    /// <summary>target[j] += scale x row[j].</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> row, float scale)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(target);
        var from = MemoryMarshal.Cast<float, Vector<float>>(row[..target.Length]);
        var factor = new Vector<float>(scale);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] += from[i] * factor;
        for (var i = vectors.Length * Vector<float>.Count; i < target.Length; i++)
            target[i] += row[i] * scale;
    }

    /// <summary>The sum of left[i] x right[i].</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var a = MemoryMarshal.Cast<float, Vector<float>>(left);
        var b = MemoryMarshal.Cast<float, Vector<float>>(right[..left.Length]);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < a.Length; i++)
            sums += a[i] * b[i];
        var sum = Vector.Sum(sums);
        for (var i = a.Length * Vector<float>.Count; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    /// <summary>A size filled up so that <see cref="Multiply"/> takes it.</summary>
    public static int Pad(int size) => (size + Unit - 1) / Unit * Unit;

    /// <summary>target = left x right. All sizes are filled up (<see cref="Pad"/>).</summary>
    /// <param name="left">[rows, inner].</param>
    /// <param name="right">[inner, columns].</param>
    /// <param name="target">[rows, columns].</param>
    /// <param name="rows">The rows.</param>
    /// <param name="inner">What is summed over.</param>
    /// <param name="columns">The columns.</param>
    public static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int rows, int inner, int columns)
    {
        fixed (float* l = left[..(rows * inner)], r = right[..(inner * columns)], t = target[..(rows * columns)])
            MultiplyRows(l, r, t, rows, inner, columns, firstColumn: 0);
    }

    /// <summary>target = left x right, where that is known to be symmetric: one half of it is computed. All sizes are filled up (<see cref="Pad"/>).</summary>
    /// <remarks>It is symmetric to the bit. What rounding made otherwise would grow in <see cref="NewtonSchulz"/>.</remarks>
    /// <param name="left">[size, inner].</param>
    /// <param name="right">[inner, size].</param>
    /// <param name="target">[size, size].</param>
    /// <param name="size">The rows and columns.</param>
    /// <param name="inner">What is summed over.</param>
    public static void MultiplySymmetric(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int size, int inner)
    {
        fixed (float* l = left[..(size * inner)], r = right[..(inner * size)], t = target[..(size * size)])
            for (var first = 0; first < size; first += Unit)
            {
                MultiplyRows(l + first * inner, r, t + first * size, Unit, inner, size, first);
                for (var row = first; row < first + Unit; row += Block)
                {
                    for (var column = first; column < row; column += Block)  // computed, and not taken
                        Transpose.Block(t + column * size + row, size, t + row * size + column, size);
                    for (var i = 1; i < Block; i++)
                        for (var j = 0; j < i; j++)
                            t[(row + i) * size + row + j] = t[(row + j) * size + row + i];
                    for (var column = first + Unit; column < size; column += Block)
                        Transpose.Block(t + row * size + column, size, t + column * size + row, size);
                }
            }
    }

    /// <summary>Rows of a product, from a column on.</summary>
    private static void MultiplyRows(float* left, float* right, float* target, int rows, int inner, int columns, int firstColumn)
    {
        for (var row = 0; row < rows; row += Rows)
            if (Vector512.IsHardwareAccelerated)
                MultiplyRows<Lanes512>(left + row * inner, right, target + row * columns, inner, columns, firstColumn);
            else if (Vector256.IsHardwareAccelerated)
                MultiplyRows<Lanes256>(left + row * inner, right, target + row * columns, inner, columns, firstColumn);
            else
                MultiplyRows<Lanes128>(left + row * inner, right, target + row * columns, inner, columns, firstColumn);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRows<L>(float* left, float* right, float* target, int inner, int columns, int firstColumn) where L : unmanaged, ILanes<L>
    {
        for (var column = firstColumn; column < columns; column += L.Count)
        {
            L s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            var r = right + column;
            for (float* l = left, end = left + inner; l < end; l++, r += columns)
            {
                var row = L.Load(r);
                L.Accumulate(ref s0, L.All(l[0]), row);
                L.Accumulate(ref s1, L.All(l[inner]), row);
                L.Accumulate(ref s2, L.All(l[2 * inner]), row);
                L.Accumulate(ref s3, L.All(l[3 * inner]), row);
                L.Accumulate(ref s4, L.All(l[4 * inner]), row);
                L.Accumulate(ref s5, L.All(l[5 * inner]), row);
                L.Accumulate(ref s6, L.All(l[6 * inner]), row);
                L.Accumulate(ref s7, L.All(l[7 * inner]), row);
            }
            var t = target + column;
            L.Store(s0, t);
            L.Store(s1, t += columns);
            L.Store(s2, t += columns);
            L.Store(s3, t += columns);
            L.Store(s4, t += columns);
            L.Store(s5, t += columns);
            L.Store(s6, t += columns);
            L.Store(s7, t + columns);
        }
    }
}
