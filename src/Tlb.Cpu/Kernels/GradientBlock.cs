namespace Tlb.Cpu;

/// <summary>The place of a matrix of gradients.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">The columns in use.</param>
/// <param name="Stride">The floats from one row to the next.</param>
internal readonly record struct GradientBlock(int Offset, int Rows, int Columns, int Stride)
{
    /// <summary>A row of the matrix.</summary>
    public ReadOnlySpan<float> Row(ReadOnlySpan<float> gradients, int row) => gradients.Slice(Offset + row * Stride, Columns);

    /// <summary>Copies the whole matrix, row after row.</summary>
    public void CopyTo(ReadOnlySpan<float> gradients, Span<float> target)
    {
        for (var row = 0; row < Rows; row++)
            Row(gradients, row).CopyTo(target[(row * Columns)..]);
    }
}
