using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tlb.Cpu;

/// <summary>Turns features of lanes into lanes of features.</summary>
internal static unsafe class Transpose
{
    private const int Size = 4;

    /// <summary>Transposes one column.</summary>
    /// <param name="source">[features][lanes].</param>
    /// <param name="features">The features, filled up to a multiple of four in the source.</param>
    /// <param name="lanes">The lanes, a multiple of four.</param>
    /// <param name="target">Receives [lanes][stride].</param>
    /// <param name="stride">The floats from one lane to the next in the target; at least the features, filled up to a multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Column(float* source, int features, int lanes, float* target, int stride)
    {
        for (var f = 0; f < features; f += Size, source += Size * lanes, target += Size)
            for (var lane = 0; lane < lanes; lane += Size)
                Block(source + lane, lanes, target + lane * stride, stride);
    }

    /// <summary>Transposes a block of four by four.</summary>
    /// <param name="source">The block.</param>
    /// <param name="sourceStride">The floats from one of its rows to the next.</param>
    /// <param name="target">Receives its columns as rows.</param>
    /// <param name="targetStride">The floats from one of these to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block(float* source, nint sourceStride, float* target, nint targetStride)
    {
        if (!Sse.IsSupported)
        {
            for (var i = 0; i < Size * Size; i++)
                target[i / Size * targetStride + i % Size] = source[i % Size * sourceStride + i / Size];
            return;
        }
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + sourceStride);
        Vector128<float> c = Vector128.Load(source + 2 * sourceStride), d = Vector128.Load(source + 3 * sourceStride);
        Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d);
        Sse.MoveLowToHigh(ab, cd).Store(target);
        Sse.MoveHighToLow(cd, ab).Store(target + targetStride);
        (ab, cd) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
        Sse.MoveLowToHigh(ab, cd).Store(target + 2 * targetStride);
        Sse.MoveHighToLow(cd, ab).Store(target + 3 * targetStride);
    }
}
