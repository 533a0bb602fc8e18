namespace Tlb.Cpu;

/// <summary>How work is spread over the processor's cores.</summary>
internal static class Cores
{
    /// <summary>A thread per core. By itself Parallel takes as many as the pool has, each with scratch memory of its own.</summary>
    public static ParallelOptions All { get; } = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
}
