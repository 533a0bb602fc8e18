namespace Tlb.Cpu.Tests;

/// <summary>32 registers.</summary>
internal readonly struct ManyRegisters : IRegisters
{
    public static bool AreMany => true;
}
