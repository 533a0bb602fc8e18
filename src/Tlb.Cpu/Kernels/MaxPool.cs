using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>ReLU and the largest of nine places, number by number: the ReLU of the largest is the largest ReLU.</summary>
/// <remarks>Where none of the nine is a number, neither is the result: kernels that are none must not look as if they worked.</remarks>
internal static unsafe class MaxPool
{
    /// <summary>The places that are looked at.</summary>
    public const int Places = ConvolutionShape.Looks * ConvolutionShape.Looks;

    /// <summary>Pools one place.</summary>
    /// <param name="places">The nine places.</param>
    /// <param name="target">Receives the largest number of each nine, or 0.</param>
    /// <param name="count">The numbers of a place.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float** places, float* target, int count)
    {
        float* p0 = places[0], p1 = places[1], p2 = places[2], p3 = places[3], p4 = places[4], p5 = places[5], p6 = places[6], p7 = places[7], p8 = places[8];
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            var best = Vector.MaxNative(Vector.Load(p0 + i), Vector.Load(p1 + i));
            best = Vector.MaxNative(Vector.MaxNative(best, Vector.Load(p2 + i)), Vector.Load(p3 + i));
            best = Vector.MaxNative(Vector.MaxNative(best, Vector.Load(p4 + i)), Vector.Load(p5 + i));
            best = Vector.MaxNative(Vector.MaxNative(best, Vector.Load(p6 + i)), Vector.Load(p7 + i));
            best = Vector.MaxNative(best, Vector.Load(p8 + i));
            Vector.Store(Vector.ConditionalSelect(Vector.LessThan(best, Vector<float>.Zero), Vector<float>.Zero, best), target + i);
        }
        for (; i < count; i++)
        {
            var best = p0[i];
            for (var place = 1; place < Places; place++)
                best = float.MaxNative(best, places[place][i]);
            target[i] = best < 0 ? 0 : best;
        }
    }

    /// <summary>Pools one place, and says what the results are.</summary>
    /// <param name="places">The nine places.</param>
    /// <param name="target">Receives the largest number of each nine, or 0.</param>
    /// <param name="winners">Receives which of the nine that is, 1 to 9, the first one of equals; or 0 where none is above 0.</param>
    /// <param name="count">The numbers of a place.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float** places, float* target, int* winners, int count)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            var best = Vector.Load(places[0] + i);
            var winner = Vector<int>.One;
            for (var place = 1; place < Places; place++)
            {
                var value = Vector.Load(places[place] + i);
                winner = Vector.ConditionalSelect(Vector.GreaterThan(value, best), new Vector<int>(place + 1), winner);
                best = Vector.MaxNative(best, value);
            }
            Vector.Store(Vector.ConditionalSelect(Vector.LessThan(best, Vector<float>.Zero), Vector<float>.Zero, best), target + i);
            Vector.Store(winner & Vector.GreaterThan(best, Vector<float>.Zero), winners + i);
        }
        for (; i < count; i++)
        {
            var best = places[0][i];
            var winner = 1;
            for (var place = 1; place < Places; place++)
            {
                if (places[place][i] > best)
                    winner = place + 1;
                best = float.MaxNative(best, places[place][i]);
            }
            target[i] = best < 0 ? 0 : best;
            winners[i] = best > 0 ? winner : 0;
        }
    }
}
