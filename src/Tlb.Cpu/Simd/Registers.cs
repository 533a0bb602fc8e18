using System.Runtime.Intrinsics;

namespace Tlb.Cpu;

/// <summary>The vector registers of this machine: which of them work is done in.</summary>
internal static class Registers
{
    /// <summary>The lanes of the widest registers there may be on any machine.</summary>
    public const int MostLanes = 16;

    /// <summary>The lanes of the widest registers, for many images.</summary>
    public static int WideLanes => Vector512.IsHardwareAccelerated ? Lanes512.Count : NarrowLanes;

    /// <summary>The lanes of registers of 256 bits or less, for few images or one.</summary>
    public static int NarrowLanes => Vector256.IsHardwareAccelerated ? Lanes256.Count : Lanes128.Count;

    /// <summary>Makes something for registers of so many lanes.</summary>
    public static T Create<T>(int lanes, ILanesFactory<T> factory) =>
        lanes == Lanes512.Count ? factory.Create<Lanes512>()
        : lanes == Lanes256.Count ? factory.Create<Lanes256>()
        : factory.Create<Lanes128>();
}
