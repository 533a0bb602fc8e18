using Parquet;
using Parquet.Schema;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Writes a table as a Parquet file, in groups of <see cref="RowsPerGroup"/> rows: so many are held in memory.</summary>
internal sealed class ParquetTableWriter : TableWriter
{
    /// <summary>The rows of each group but the last. The same always: the file then depends on the rows alone.</summary>
    private const int RowsPerGroup = 10_000;

    private readonly DataField[] _fields;
    private readonly string[]?[] _texts;
    private readonly float[]?[] _numbers;
    private readonly ParquetWriter _writer;
    private int _rows;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">What to write to.</param>
    /// <param name="columns">The columns.</param>
    public ParquetTableWriter(Stream stream, IReadOnlyList<Column> columns)
    {
        _fields = ParquetSchemas.Fields(columns);
        _texts = [.. columns.Select(column => column.IsNumber ? null : new string[RowsPerGroup])];
        _numbers = [.. columns.Select(column => column.IsNumber ? new float[RowsPerGroup] : null)];
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(_fields), stream).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<Cell> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (_texts[i] is { } texts)
                texts[_rows] = row[i].Text;
            else
                _numbers[i]![_rows] = row[i].Number;
        }
        if (++_rows == RowsPerGroup)
            WriteGroup();
    }

    /// <inheritdoc/>
    public override void End()
    {
        if (_rows > 0)
            WriteGroup();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();            // writes what a file ends with, and holds nothing
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    private void WriteGroup()
    {
        using var group = _writer.CreateRowGroup();
        for (var i = 0; i < _fields.Length; i++)
        {
            var writing = _texts[i] is { } texts
                ? group.WriteAsync(_fields[i], new ArraySegment<string?>(texts, 0, _rows))
                : group.WriteAsync<float>(_fields[i], _numbers[i].AsMemory(0, _rows));
            writing.GetAwaiter().GetResult();
        }
        _rows = 0;
    }
}
