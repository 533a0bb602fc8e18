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
        var block = new GradientBlock(Count, rows, columns, Pad(columns));
        var count = Count + rows * (long)block.Stride;
        Count = count <= int.MaxValue
            ? (int)count
            : throw new InvalidOperationException(FormattableString.Invariant($"The gradients take {count:N0} numbers and more; expected at most {int.MaxValue:N0}: lower NumberOfLayers, EmbeddingDimension or NumberOfHeads."));
        return block;
    }

    /// <summary>The floats of a row of so many columns.</summary>
    public static int Pad(int columns) => checked(columns + TwoRegisters - 1) / TwoRegisters * TwoRegisters;
}
