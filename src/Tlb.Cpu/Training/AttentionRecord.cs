namespace Tlb.Cpu;

/// <summary>An attention. The normalised queries and context are kept elsewhere.</summary>
internal sealed unsafe class AttentionRecord(TileShape shape, WorkMemory memory, int queries, int keys, bool isProjected)
{
    /// <summary>[queries][heads x width].</summary>
    public float* Probes { get; } = memory.Allocate(queries, shape.ProbeStride);

    /// <summary>[keys][heads x width], where the context is projected.</summary>
    public float* Keys { get; } = isProjected ? memory.Allocate(keys, shape.Stride) : null;

    /// <summary>Likewise.</summary>
    public float* Values { get; } = isProjected ? memory.Allocate(keys, shape.Stride) : null;

    /// <summary>[queries][heads][keys].</summary>
    public float* Probabilities { get; } = memory.Allocate(shape.ProbabilityFloats(queries, keys));

    /// <summary>[queries][heads x width, then maybe heads].</summary>
    public float* Read { get; } = memory.Allocate(queries, shape.ReadStride);
}
