using System.Text;
using System.Text.Json;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Reads a table that <see cref="JsonTableWriter"/> wrote.</summary>
/// <param name="stream">What to read.</param>
/// <param name="columns">The columns that it must have.</param>
internal sealed class JsonTableReader(Stream stream, IReadOnlyList<Column> columns) : TableReader
{
    private readonly StreamReader _reader = new(stream);
    private long _line;

    /// <inheritdoc/>
    public override bool Read(Span<Cell> row)
    {
        if (_reader.ReadLine() is not { } line)
            return false;
        _line++;
        try
        {
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
            Expect(json.Read() && json.TokenType == JsonTokenType.StartObject);
            for (var i = 0; i < row.Length; i++)
            {
                Expect(json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(columns[i].Name));
                json.Read();
                row[i] = columns[i].IsNumber ? json.GetSingle() : json.GetString()!;
            }
            Expect(json.Read() && json.TokenType == JsonTokenType.EndObject);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw NotARow();
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _reader.Dispose();

    private void Expect(bool isSo)
    {
        if (!isSo)
            throw NotARow();
    }

    private InvalidDataException NotARow() => new(FormattableString.Invariant($"its line {_line:N0} is no row of the columns that its manifest says."));
}
