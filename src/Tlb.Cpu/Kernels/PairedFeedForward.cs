using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tlb.Cpu;

/// <summary>A feed-forward layer of eight tokens in 512-bit registers: each lane pair is a token, with two neighbouring features.</summary>
/// <remarks>
/// Eight tokens fill half such a register. With two features in it, an instruction multiplies one feature, doubled, with the weights of
/// two outputs at once, which is one broadcast of 64 bits: twice the work.
/// </remarks>
internal static unsafe class PairedFeedForward
{
    private const int Tokens = 8;
    private const int Pair = 2 * Tokens;

    private static Vector512<int> Interleave => Vector512.Create(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);

    private static Vector512<int> Separate => Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);

    /// <summary>Whether the machine has such registers, and the layer an even number of features.</summary>
    public static bool CanRun(FoldedFeedForward layer) => Avx512F.IsSupported && layer.Widen.Inputs % 2 == 0;

    /// <summary>x += W2 GELU(W1 normed + b1) + b2.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="normed">[D][8]; becomes paired, [D / 2][8][2].</param>
    /// <param name="wide">Working memory, [4 D][8].</param>
    /// <param name="x">[D][8].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(FoldedFeedForward layer, float* normed, float* wide, float* x)
    {
        var interleave = Interleave;
        for (var i = 0; i < layer.Widen.Inputs / 2; i++)
            Avx512F.PermuteVar16x32(Vector512.Load(normed + i * Pair), interleave).Store(normed + i * Pair);
        PairedMatMul(layer.Widen, normed, wide);
        Gelu.Forward<Lanes512>(wide, wide, layer.Widen.Matrix.PaddedOutputs / 2);
        PairedMatMul(layer.Narrow, wide, normed);
        var separate = Separate;
        for (var i = 0; i < layer.Widen.Inputs / 2; i++)
            (Vector512.Load(x + i * Pair) + Avx512F.PermuteVar16x32(Vector512.Load(normed + i * Pair), separate)).Store(x + i * Pair);
    }

    /// <summary>y = W x + b, both paired; two panels of eight outputs at a time, so that eight sums are under way.</summary>
    /// <remarks>Inputs are added up in <see cref="MatMul"/>'s order: an image scored alone gets the bits it gets in a batch.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PairedMatMul(Linear layer, float* x, float* y)
    {
        double* first = (double*)layer.Matrix.Values, bias = (double*)layer.Bias;                       // two at a time
        var panel = layer.Inputs * 4;
        var n = layer.Matrix.PaddedOutputs;
        for (; n >= 2 * PackedMatrix.Panel; n -= 2 * PackedMatrix.Panel, bias += 8, y += 8 * Pair, first += 2 * panel)
        {
            Vector512<float> a0 = Two(bias), a1 = Two(bias + 1), a2 = Two(bias + 2), a3 = Two(bias + 3);
            Vector512<float> a4 = Two(bias + 4), a5 = Two(bias + 5), a6 = Two(bias + 6), a7 = Two(bias + 7);
            double* w = first, v = first + panel, end = v;
            for (var p = x; w < end; w += 8, v += 8, p += Pair)
            {
                Vector512<float> even = Avx512F.DuplicateEvenIndexed(Vector512.Load(p)), odd = Avx512F.DuplicateOddIndexed(Vector512.Load(p));
                a0 = Avx512F.FusedMultiplyAdd(odd, Two(w + 4), Avx512F.FusedMultiplyAdd(even, Two(w), a0));
                a1 = Avx512F.FusedMultiplyAdd(odd, Two(w + 5), Avx512F.FusedMultiplyAdd(even, Two(w + 1), a1));
                a2 = Avx512F.FusedMultiplyAdd(odd, Two(w + 6), Avx512F.FusedMultiplyAdd(even, Two(w + 2), a2));
                a3 = Avx512F.FusedMultiplyAdd(odd, Two(w + 7), Avx512F.FusedMultiplyAdd(even, Two(w + 3), a3));
                a4 = Avx512F.FusedMultiplyAdd(odd, Two(v + 4), Avx512F.FusedMultiplyAdd(even, Two(v), a4));
                a5 = Avx512F.FusedMultiplyAdd(odd, Two(v + 5), Avx512F.FusedMultiplyAdd(even, Two(v + 1), a5));
                a6 = Avx512F.FusedMultiplyAdd(odd, Two(v + 6), Avx512F.FusedMultiplyAdd(even, Two(v + 2), a6));
                a7 = Avx512F.FusedMultiplyAdd(odd, Two(v + 7), Avx512F.FusedMultiplyAdd(even, Two(v + 3), a7));
            }
            a0.Store(y); a1.Store(y + Pair); a2.Store(y + 2 * Pair); a3.Store(y + 3 * Pair);
            a4.Store(y + 4 * Pair); a5.Store(y + 5 * Pair); a6.Store(y + 6 * Pair); a7.Store(y + 7 * Pair);
        }
        if (n > 0)
        {
            Vector512<float> a0 = Two(bias), a1 = Two(bias + 1), a2 = Two(bias + 2), a3 = Two(bias + 3);
            double* w = first, end = first + panel;
            for (var p = x; w < end; w += 8, p += Pair)
            {
                Vector512<float> even = Avx512F.DuplicateEvenIndexed(Vector512.Load(p)), odd = Avx512F.DuplicateOddIndexed(Vector512.Load(p));
                a0 = Avx512F.FusedMultiplyAdd(odd, Two(w + 4), Avx512F.FusedMultiplyAdd(even, Two(w), a0));
                a1 = Avx512F.FusedMultiplyAdd(odd, Two(w + 5), Avx512F.FusedMultiplyAdd(even, Two(w + 1), a1));
                a2 = Avx512F.FusedMultiplyAdd(odd, Two(w + 6), Avx512F.FusedMultiplyAdd(even, Two(w + 2), a2));
                a3 = Avx512F.FusedMultiplyAdd(odd, Two(w + 7), Avx512F.FusedMultiplyAdd(even, Two(w + 3), a3));
            }
            a0.Store(y); a1.Store(y + Pair); a2.Store(y + 2 * Pair); a3.Store(y + 3 * Pair);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Two(double* values) => Vector512.Create(*values).AsSingle();
}
