using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Writes a table as JSON Lines: for each row a line with an object, whose members are named as the columns.</summary>
internal sealed class JsonTableWriter : TableWriter
{
    private const int BufferedBytes = 1 << 16;

    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly Utf8JsonWriter _json;
    private readonly IReadOnlyList<Column> _columns;
    private readonly JsonEncodedText[] _names;

    /// <summary>Begins a table.</summary>
    /// <param name="stream">What to write to.</param>
    /// <param name="columns">The columns.</param>
    public JsonTableWriter(Stream stream, IReadOnlyList<Column> columns)
    {
        var encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;           // it is for no page: letters stay letters
        (_stream, _columns) = (stream, columns);
        _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Name, encoder))];
        _json = new(_lines, new() { Encoder = encoder });
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<Cell> row)
    {
        _json.Reset();
        _json.WriteStartObject();
        for (var i = 0; i < row.Length; i++)
        {
            if (_columns[i].IsNumber)
                _json.WriteNumber(_names[i], row[i].Number);
            else
                _json.WriteString(_names[i], row[i].Text);
        }
        _json.WriteEndObject();
        _json.Flush();
        _lines.Write("\n"u8);
        if (_lines.WrittenCount >= BufferedBytes)
            WriteLines();
    }

    /// <inheritdoc/>
    public override void End() => WriteLines();

    /// <inheritdoc/>
    public override void Dispose() => _json.Dispose();

    private void WriteLines()
    {
        _stream.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }
}
