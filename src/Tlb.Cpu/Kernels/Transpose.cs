using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tlb.Cpu;

/// <summary>Turns features of lanes into lanes of features.</summary>
internal static unsafe class Transpose
{
    private const int Block = 4;

    /// <summary>Transposes one column.</summary>
    /// <param name="source">[features][lanes].</param>
    /// <param name="features">The features, filled up to a multiple of four in the source.</param>
    /// <param name="lanes">The lanes, a multiple of four.</param>
    /// <param name="target">Receives [lanes][stride].</param>
    /// <param name="stride">The floats from one lane to the next in the target; at least the features, filled up to a multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Column(float* source, int features, int lanes, float* target, int stride)
    {
        for (var f = 0; f < features; f += Block, source += Block * lanes, target += Block)
            for (var lane = 0; lane < lanes; lane += Block)
            {
                float* from = source + lane, to = target + lane * stride;
                if (!Sse.IsSupported)
                {
                    for (var i = 0; i < Block * Block; i++)
                        to[i / Block * stride + i % Block] = from[i % Block * lanes + i / Block];
                    continue;
                }
                Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + lanes);
                Vector128<float> c = Vector128.Load(from + 2 * lanes), d = Vector128.Load(from + 3 * lanes);
                Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d);
                Sse.MoveLowToHigh(ab, cd).Store(to);
                Sse.MoveHighToLow(cd, ab).Store(to + stride);
                (ab, cd) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
                Sse.MoveLowToHigh(ab, cd).Store(to + 2 * stride);
                Sse.MoveHighToLow(cd, ab).Store(to + 3 * stride);
            }
    }
}
