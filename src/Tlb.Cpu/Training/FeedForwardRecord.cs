namespace Tlb.Cpu;

/// <summary>A feed-forward layer.</summary>
internal sealed unsafe class FeedForwardRecord(TileShape shape, WorkMemory memory, int columns)
{
    /// <summary>Its input, normalised.</summary>
    public LayerNormRecord Input { get; } = new(shape, memory, columns);

    /// <summary>What goes into the GELU, [columns][hidden].</summary>
    public float* Wide { get; } = memory.Allocate(columns, shape.WideStride);
}
