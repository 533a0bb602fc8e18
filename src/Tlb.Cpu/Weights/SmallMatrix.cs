using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Products of small row-major matrices, for folding and updating weights: once per step, so simple rather than as fast as can be.</summary>
internal static unsafe class SmallMatrix
{
    private const int Rows = 4;                                              // taken at once

    private static int Unit => 2 * Vector<float>.Count;                      // the columns taken at once, a multiple of the rows

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
            for (var row = 0; row < rows; row += Rows)
                MultiplyRows(l + row * inner, r, t + row * columns, inner, columns, firstColumn: 0);
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
            for (var row = 0; row < size; row += Rows)
            {
                var diagonal = row / Unit * Unit;
                MultiplyRows(l + row * inner, r, t + row * size, inner, size, diagonal);
                for (var column = diagonal; column < row; column += Rows)    // computed, and not taken
                    Transpose.Block(t + column * size + row, size, t + row * size + column, size);
                for (var i = 1; i < Rows; i++)
                    for (var j = 0; j < i; j++)
                        t[(row + i) * size + row + j] = t[(row + j) * size + row + i];
                for (var column = diagonal + Unit; column < size; column += Rows)
                    Transpose.Block(t + row * size + column, size, t + column * size + row, size);
            }
    }

    /// <summary>A few rows of a product, from a column on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRows(float* left, float* right, float* target, int inner, int columns, int firstColumn)
    {
        var lanes = Vector<float>.Count;
        for (var column = firstColumn; column < columns; column += Unit)
        {
            Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            var r = right + column;
            for (float* l = left, end = left + inner; l < end; l++, r += columns)
            {
                Vector<float> r0 = Vector.Load(r), r1 = Vector.Load(r + lanes);
                var factor = new Vector<float>(l[0]); s00 = Vector.FusedMultiplyAdd(factor, r0, s00); s01 = Vector.FusedMultiplyAdd(factor, r1, s01);
                factor = new(l[inner]); s10 = Vector.FusedMultiplyAdd(factor, r0, s10); s11 = Vector.FusedMultiplyAdd(factor, r1, s11);
                factor = new(l[2 * inner]); s20 = Vector.FusedMultiplyAdd(factor, r0, s20); s21 = Vector.FusedMultiplyAdd(factor, r1, s21);
                factor = new(l[3 * inner]); s30 = Vector.FusedMultiplyAdd(factor, r0, s30); s31 = Vector.FusedMultiplyAdd(factor, r1, s31);
            }
            var t = target + column;
            Vector.Store(s00, t); Vector.Store(s01, t + lanes);
            t += columns;
            Vector.Store(s10, t); Vector.Store(s11, t + lanes);
            t += columns;
            Vector.Store(s20, t); Vector.Store(s21, t + lanes);
            t += columns;
            Vector.Store(s30, t); Vector.Store(s31, t + lanes);
        }
    }
}
