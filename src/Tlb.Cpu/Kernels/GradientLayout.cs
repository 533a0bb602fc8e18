namespace Tlb.Cpu;

/// <summary>Gives each layer its place in an array of gradients. Rows are filled up to whole pairs of registers of any width.</summary>
internal sealed class GradientLayout
{
    private const int TwoRegisters = 32;                                     // of the widest kind: WeightGradient takes two at a time

    /// <summary>The floats of all gradients.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a place for a matrix.</summary>
    public GradientBlock Add(int rows, int columns)
    {
        var block = new GradientBlock(Count, rows, columns, (columns + TwoRegisters - 1) / TwoRegisters * TwoRegisters);
        Count = checked(Count + rows * block.Stride);
        return block;
    }
}

/// <summary>The place of a matrix of gradients.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">The columns in use.</param>
/// <param name="Stride">The floats from one row to the next.</param>
internal readonly record struct GradientBlock(int Offset, int Rows, int Columns, int Stride)
{
    /// <summary>A row of the matrix.</summary>
    public ReadOnlySpan<float> Row(ReadOnlySpan<float> gradients, int row) => gradients.Slice(Offset + row * Stride, Columns);
}
