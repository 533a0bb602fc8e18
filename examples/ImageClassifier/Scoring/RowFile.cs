namespace Tlb.Examples.ImageClassifier;

/// <summary>Rows of an unfinished table, as they are kept until it is complete: texts with their lengths, numbers of four bytes.</summary>
internal sealed class RowFile : TableWriter
{
    private const int BufferedBytes = 1 << 16;

    private readonly FileStream _file;
    private readonly BinaryWriter _writer;
    private readonly IReadOnlyList<Column> _columns;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; it is made where it doesn't exist.</param>
    /// <param name="columns">The columns of the table.</param>
    /// <param name="length">What of it is known to be whole: all after that is cut off.</param>
    /// <exception cref="InvalidDataException">It is shorter than that.</exception>
    public RowFile(string path, IReadOnlyList<Column> columns, long length)
    {
        _columns = columns;
        _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, BufferedBytes);
        if (_file.Length < length)
        {
            var found = _file.Length;
            _file.Dispose();
            throw new InvalidDataException(FormattableString.Invariant($"'{path}' has {found:N0} bytes; expected {length:N0} or more, which had been written to the disk. Delete its folder to begin anew."));
        }
        _file.SetLength(length);
        _file.Seek(0, SeekOrigin.End);
        _writer = new(_file);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<Cell> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (_columns[i].IsNumber)
                _writer.Write(row[i].Number);
            else
                _writer.Write(row[i].Text);
        }
    }

    /// <summary>Sees to it that all rows are on the disk.</summary>
    /// <returns>The file's length.</returns>
    public long Flush()
    {
        _writer.Flush();
        _file.Flush(flushToDisk: true);
        return _file.Length;
    }

    /// <inheritdoc/>
    public override void End() => Flush();

    /// <summary>Goes through all rows.</summary>
    public void ForEach(Action<Cell[]> take)
    {
        _writer.Flush();
        _file.Position = 0;
        using var reader = new BinaryReader(_file, System.Text.Encoding.UTF8, leaveOpen: true);
        var row = new Cell[_columns.Count];
        while (_file.Position < _file.Length)
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = _columns[i].IsNumber ? reader.ReadSingle() : reader.ReadString();
            take(row);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _writer.Dispose();
}
