using System.Globalization;
using System.Text;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Reads a table that <see cref="CsvTableWriter"/> wrote.</summary>
internal sealed class CsvTableReader : TableReader
{
    private const int EndOfFile = -1;

    private readonly StreamReader _reader;
    private readonly IReadOnlyList<Column> _columns;
    private readonly StringBuilder _cell = new();
    private long _line;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">What to read.</param>
    /// <param name="columns">The columns that it must have.</param>
    public CsvTableReader(Stream stream, IReadOnlyList<Column> columns)
    {
        (_reader, _columns) = (new(stream), columns);
        var names = new string[columns.Count];
        if (!ReadTexts(names) || !names.SequenceEqual(columns.Select(column => column.Name), StringComparer.Ordinal))
            throw new InvalidDataException("its columns are others than its manifest says.");
    }

    /// <inheritdoc/>
    public override bool Read(Span<Cell> row)
    {
        var texts = new string[row.Length];
        if (!ReadTexts(texts))
            return false;
        for (var i = 0; i < row.Length; i++)
            row[i] = _columns[i].IsNumber ? Number(texts[i]) : texts[i];
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose() => _reader.Dispose();

    private bool ReadTexts(string[] texts)
    {
        if (_reader.Peek() == EndOfFile)
            return false;
        _line++;
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = ReadText(out var isLast);
            if (isLast != (i == texts.Length - 1))
                throw new InvalidDataException(FormattableString.Invariant($"its row {_line:N0} has not the {texts.Length} cells of the columns."));
        }
        return true;
    }

    /// <summary>Reads a cell and what ends it.</summary>
    private string ReadText(out bool isLastOfRow)
    {
        _cell.Clear();
        var isQuoted = false;
        while (true)
        {
            var letter = _reader.Read();
            if (letter == '"' && !(isQuoted && _reader.Peek() == '"'))
                isQuoted = !isQuoted;
            else if (letter == '"')
                _cell.Append((char)_reader.Read());
            else if (letter == EndOfFile || (!isQuoted && letter is ',' or '\n'))
            {
                isLastOfRow = letter != ',';
                return _cell.ToString();
            }
            else if (isQuoted || letter != '\r')                             // one outside of quotation marks is part of a line's end
                _cell.Append((char)letter);
        }
    }

    private float Number(string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InvalidDataException(FormattableString.Invariant($"its row {_line:N0} has '{text}' where a number is expected."));
}
