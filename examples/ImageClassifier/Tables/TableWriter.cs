namespace Tlb.Examples.ImageClassifier;

/// <summary>Writes a table, row by row.</summary>
internal abstract class TableWriter : IDisposable
{
    /// <summary>Writes a row: a cell for each column.</summary>
    public abstract void Write(ReadOnlySpan<Cell> row);

    /// <summary>Writes what comes after the last row. The stream stays open.</summary>
    public abstract void End();

    /// <inheritdoc/>
    public abstract void Dispose();
}
