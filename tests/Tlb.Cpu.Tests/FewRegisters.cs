namespace Tlb.Cpu.Tests;

/// <summary>16 registers.</summary>
internal readonly struct FewRegisters : IRegisters
{
    public static bool AreMany => false;
}
