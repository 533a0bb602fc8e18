namespace Tlb.Cpu;

/// <summary>Memory between pages that can't be touched: a kernel that leaves its array ends the process then, and is found out.</summary>
internal unsafe interface IGuardedMemory
{
    /// <summary>Allocates memory.</summary>
    /// <param name="bytes">Its size, 1 or more.</param>
    void* Allocate(nuint bytes);

    /// <summary>Gives it back.</summary>
    /// <param name="memory">What <see cref="Allocate"/> gave.</param>
    /// <param name="bytes">Its size.</param>
    void Free(void* memory, nuint bytes);
}
