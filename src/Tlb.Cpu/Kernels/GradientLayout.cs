namespace Tlb.Cpu;

/// <summary>Gives each layer its place in an array of gradients. Rows are filled up to whole pairs of registers of any width.</summary>
internal sealed class GradientLayout
{
    private const int TwoRegisters = 2 * Registers.MostLanes;                // of the widest kind: WeightGradient takes two at a time

    /// <summary>The floats of all gradients.</summary>
    public int Count { get; private set; }

    /// <summary>Reserves a place for a matrix.</summary>
    public GradientBlock Add(int rows, int columns)
    {
        var block = new GradientBlock(Count, rows, columns, (columns + TwoRegisters - 1) / TwoRegisters * TwoRegisters);
        Count = checked(Count + rows * block.Stride);
        return block;
    }
}
