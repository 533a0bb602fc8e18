namespace Tlb.Cpu;

/// <summary>An attention. The normalised queries and context are kept elsewhere.</summary>
internal sealed unsafe class AttentionRecord(TileShape shape, WorkMemory memory, int queries, int keys)
{
    /// <summary>[queries][heads x D].</summary>
    public float* Probes { get; } = memory.Allocate(queries, shape.ProbeStride);

    /// <summary>[queries][heads][keys].</summary>
    public float* Probabilities { get; } = memory.Allocate(shape.ProbabilityFloats(queries, keys));

    /// <summary>[queries][heads x D + heads].</summary>
    public float* Read { get; } = memory.Allocate(queries, shape.ReadStride);
}
