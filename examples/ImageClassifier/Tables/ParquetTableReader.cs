using Parquet;
using Parquet.Schema;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Reads a table that <see cref="ParquetTableWriter"/> wrote, a group of rows at a time.</summary>
internal sealed class ParquetTableReader : TableReader
{
    private readonly ParquetReader _reader;
    private readonly DataField[] _fields;
    private readonly IReadOnlyList<Column> _columns;
    private readonly string?[]?[] _texts;
    private readonly float[]?[] _numbers;
    private int _group;
    private int _row;
    private int _rows;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">What to read.</param>
    /// <param name="columns">The columns that it must have.</param>
    public ParquetTableReader(Stream stream, IReadOnlyList<Column> columns)
    {
        _reader = ParquetReader.CreateAsync(stream, leaveStreamOpen: false).GetAwaiter().GetResult();
        _columns = columns;
        _fields = _reader.Schema.GetDataFields();
        if (!_fields.SequenceEqual(ParquetSchemas.Fields(columns)))
            throw new InvalidDataException("its columns are others than its manifest says.");
        (_texts, _numbers) = (new string?[columns.Count][], new float[columns.Count][]);
    }

    /// <inheritdoc/>
    public override bool Read(Span<Cell> row)
    {
        while (_row == _rows)
        {
            if (_group == _reader.RowGroupCount)
                return false;
            ReadGroup();
        }
        for (var i = 0; i < row.Length; i++)
            row[i] = _texts[i] is { } texts ? texts[_row]! : _numbers[i]![_row];
        _row++;
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose() => _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void ReadGroup()
    {
        var group = _reader.OpenRowGroupReader(_group++);
        (_row, _rows) = (0, (int)group.RowCount);
        for (var i = 0; i < _fields.Length; i++)
        {
            var reading = !_columns[i].IsNumber
                ? group.ReadAsync(_fields[i], (_texts[i] = new string?[_rows]).AsMemory())
                : group.ReadAsync<float>(_fields[i], (_numbers[i] = new float[_rows]).AsMemory());
            reading.AsTask().GetAwaiter().GetResult();
        }
    }
}
