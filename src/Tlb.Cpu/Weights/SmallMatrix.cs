using System.Numerics;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Products of small row-major matrices, for folding and updating weights: once per step, so simple rather than as fast as can be.</summary>
internal static class SmallMatrix
{
    private static int Unit => 2 * Vector<float>.Count;                      // a multiple of 4, the rows taken at once

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
        for (var row = 0; row < rows; row += 4)
        {
            ReadOnlySpan<float> l0 = left.Slice(row * inner, inner), l1 = left.Slice((row + 1) * inner, inner);
            ReadOnlySpan<float> l2 = left.Slice((row + 2) * inner, inner), l3 = left.Slice((row + 3) * inner, inner);
            for (var column = 0; column < columns; column += Unit)
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
                Store(target[(row * columns + column)..], s00, s01);
                Store(target[((row + 1) * columns + column)..], s10, s11);
                Store(target[((row + 2) * columns + column)..], s20, s21);
                Store(target[((row + 3) * columns + column)..], s30, s31);
            }
        }

        static void Store(Span<float> target, Vector<float> first, Vector<float> second)
        {
            first.CopyTo(target);
            second.CopyTo(target[Vector<float>.Count..]);
        }
    }

    /// <summary>target[j, i] = source[i, j].</summary>
    public static void Transpose(ReadOnlySpan<float> source, Span<float> target, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                target[column * rows + row] = source[row * columns + column];
    }
}
