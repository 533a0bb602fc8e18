namespace Tlb.Cpu.Tests;

/// <summary>The registers of a machine.</summary>
internal interface IRegisters
{
    /// <summary>Whether there are 32, not 16.</summary>
    static abstract bool AreMany { get; }
}
