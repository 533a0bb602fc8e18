namespace Tlb.Cpu;

/// <summary>How work is spread over the processor's cores.</summary>
internal static class Cores
{
    /// <summary>A thread per core. By itself Parallel takes as many as the pool has, each with scratch memory of its own.</summary>
    public static ParallelOptions All { get; } = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>A thread per core, or fewer: as many as there is memory for.</summary>
    /// <param name="memory">The bytes there are, for one thread or more.</param>
    /// <param name="perThread">The bytes that each takes.</param>
    public static ParallelOptions Within(long memory, long perThread) =>
        memory / perThread >= Environment.ProcessorCount ? All : new() { MaxDegreeOfParallelism = (int)Math.Max(1, memory / perThread) };
}
