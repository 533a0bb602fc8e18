using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Sums of columns.</summary>
internal static unsafe class Vectors
{
    /// <summary>target += source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<L>(float* source, float* target, int features) where L : unmanaged, ILanes<L>
    {
        for (var f = 0; f < features; f++, source += L.Count, target += L.Count)
            L.Store(L.Load(source) + L.Load(target), target);
    }

    /// <summary>target += mask x source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddMasked<L>(float* source, float* target, int features, in DropoutMask mask, int element) where L : unmanaged, ILanes<L>
    {
        for (var f = 0; f < features; f++, source += L.Count, target += L.Count)
            L.Store(L.MultiplyAdd(L.Load(source), mask.At<L>(element + f), L.Load(target)), target);
    }

    /// <summary>target = mask x source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyMasked<L>(float* source, float* target, int features, in DropoutMask mask, int element) where L : unmanaged, ILanes<L>
    {
        for (var f = 0; f < features; f++, source += L.Count, target += L.Count)
            L.Store(L.Load(source) * mask.At<L>(element + f), target);
    }

    /// <summary>target[feature] += the sum over lanes of source x scale.</summary>
    /// <param name="source">[features][lanes].</param>
    /// <param name="scale">[features][lanes]; or null for 1.</param>
    /// <param name="target">[features].</param>
    /// <param name="features">The features.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSums<L>(float* source, float* scale, float* target, int features) where L : unmanaged, ILanes<L>
    {
        for (var f = 0; f < features; f++)
        {
            var value = L.Load(source + f * L.Count);
            target[f] += L.Sum(scale is null ? value : value * L.Load(scale + f * L.Count));
        }
    }
}
