namespace Tlb.Examples.ImageClassifier;

/// <summary>Reads a table, row by row. It closes the stream that it reads.</summary>
internal abstract class TableReader : IDisposable
{
    /// <summary>Reads the next row.</summary>
    /// <param name="row">Takes a cell for each column.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidDataException">The file is no such table.</exception>
    public abstract bool Read(Span<Cell> row);

    /// <inheritdoc/>
    public abstract void Dispose();
}
