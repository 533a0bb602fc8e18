using System.Numerics;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Products of small row-major matrices, for folding and updating weights: once per step, so simple rather than as fast as can be.</summary>
internal static class SmallMatrix
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
        for (var row = 0; row < rows; row += Rows)
            MultiplyRows(left.Slice(row * inner, Rows * inner), right, target.Slice(row * columns, Rows * columns), inner, columns, firstColumn: 0);
    }

    /// <summary>target = left x right, where that is known to be symmetric: one half of it is computed. All sizes are filled up (<see cref="Pad"/>).</summary>
    /// <param name="left">[size, inner].</param>
    /// <param name="right">[inner, size].</param>
    /// <param name="target">[size, size].</param>
    /// <param name="size">The rows and columns.</param>
    /// <param name="inner">What is summed over.</param>
    public static void MultiplySymmetric(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int size, int inner)
    {
        for (var row = 0; row < size; row += Rows)
            MultiplyRows(left.Slice(row * inner, Rows * inner), right, target.Slice(row * size, Rows * size), inner, size, row / Unit * Unit);
        for (var row = 0; row < size; row++)
            for (var column = (row / Unit + 1) * Unit; column < size; column++)
                target[column * size + row] = target[row * size + column];
    }

    /// <summary>A few rows of a product, from a column on.</summary>
    private static void MultiplyRows(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target, int inner, int columns, int firstColumn)
    {
        ReadOnlySpan<float> l0 = left[..inner], l1 = left.Slice(inner, inner), l2 = left.Slice(2 * inner, inner), l3 = left.Slice(3 * inner, inner);
        for (var column = firstColumn; column < columns; column += Unit)
        {
            Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            ref var r = ref MemoryMarshal.GetReference(right[column..]);
            for (var i = 0; i < inner; i++)
            {
                Vector<float> r0 = Vector.LoadUnsafe(ref r, (nuint)(i * columns)), r1 = Vector.LoadUnsafe(ref r, (nuint)(i * columns + Vector<float>.Count));
                Vector<float> v0 = new(l0[i]), v1 = new(l1[i]), v2 = new(l2[i]), v3 = new(l3[i]);
                (s00, s01) = (Vector.FusedMultiplyAdd(v0, r0, s00), Vector.FusedMultiplyAdd(v0, r1, s01));
                (s10, s11) = (Vector.FusedMultiplyAdd(v1, r0, s10), Vector.FusedMultiplyAdd(v1, r1, s11));
                (s20, s21) = (Vector.FusedMultiplyAdd(v2, r0, s20), Vector.FusedMultiplyAdd(v2, r1, s21));
                (s30, s31) = (Vector.FusedMultiplyAdd(v3, r0, s30), Vector.FusedMultiplyAdd(v3, r1, s31));
            }
            Store(target[column..], s00, s01);
            Store(target[(columns + column)..], s10, s11);
            Store(target[(2 * columns + column)..], s20, s21);
            Store(target[(3 * columns + column)..], s30, s31);
        }

        static void Store(Span<float> target, Vector<float> first, Vector<float> second)
        {
            first.CopyTo(target);
            second.CopyTo(target[Vector<float>.Count..]);
        }
    }
}
