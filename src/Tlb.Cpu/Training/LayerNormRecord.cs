namespace Tlb.Cpu;

/// <summary>Columns after a normalisation.</summary>
internal sealed unsafe class LayerNormRecord(TileShape shape, WorkMemory memory, int columns)
{
    /// <summary>[columns][D].</summary>
    public float* Normed { get; } = memory.Allocate(columns, shape.Stride);

    /// <summary>1 / standard deviation, [columns].</summary>
    public float* Inverse { get; } = memory.Allocate(columns, shape.Lanes);
}
