using System.Globalization;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Writes a table as CSV (RFC 4180), with a line of the columns' names.</summary>
internal sealed class CsvTableWriter : TableWriter
{
    private const int LongestNumber = 16;

    private readonly StreamWriter _writer;
    private readonly IReadOnlyList<Column> _columns;
    private readonly bool _isRaw;

    /// <summary>Begins a table.</summary>
    /// <param name="stream">What to write to.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="isRaw">Whether texts stay that a spreadsheet would take for a formula.</param>
    public CsvTableWriter(Stream stream, IReadOnlyList<Column> columns, bool isRaw)
    {
        (_writer, _columns, _isRaw) = (new(stream, leaveOpen: true), columns, isRaw);
        _writer.WriteLine(string.Join(',', columns.Select(column => CsvText.Cell(column.Name, isRaw))));
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<Cell> row)
    {
        Span<char> number = stackalloc char[LongestNumber];
        for (var i = 0; i < row.Length; i++)
        {
            if (i > 0)
                _writer.Write(',');
            if (!_columns[i].IsNumber)
                _writer.Write(CsvText.Cell(row[i].Text, _isRaw));
            else
            {
                row[i].Number.TryFormat(number, out var length, provider: CultureInfo.InvariantCulture);
                _writer.Write(number[..length]);
            }
        }
        _writer.WriteLine();
    }

    /// <inheritdoc/>
    public override void End() => _writer.Flush();

    /// <inheritdoc/>
    public override void Dispose() => _writer.Dispose();
}
