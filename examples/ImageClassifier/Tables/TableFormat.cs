namespace Tlb.Examples.ImageClassifier;

/// <summary>A kind of file for tables, by its extension.</summary>
internal sealed class TableFormat
{
    private static readonly TableFormat Csv = new(
        ".csv", (stream, columns, isRaw) => new CsvTableWriter(stream, columns, isRaw), (stream, columns) => new CsvTableReader(stream, columns));

    private static readonly TableFormat[] All =
    [
        Csv,
        new(".jsonl", (stream, columns, _) => new JsonTableWriter(stream, columns), (stream, columns) => new JsonTableReader(stream, columns)),
        new(".parquet", (stream, columns, _) => new ParquetTableWriter(stream, columns), (stream, columns) => new ParquetTableReader(stream, columns)),
    ];

    private readonly Func<Stream, IReadOnlyList<Column>, bool, TableWriter> _createWriter;
    private readonly Func<Stream, IReadOnlyList<Column>, TableReader> _createReader;

    private TableFormat(string extension, Func<Stream, IReadOnlyList<Column>, bool, TableWriter> createWriter, Func<Stream, IReadOnlyList<Column>, TableReader> createReader) =>
        (Extension, _createWriter, _createReader) = (extension, createWriter, createReader);

    /// <summary>The extensions of all kinds.</summary>
    public static string[] Extensions { get; } = [.. All.Select(format => format.Extension)];

    private string Extension { get; }

    /// <summary>Whether it is what spreadsheets open.</summary>
    public bool IsCsv => this == Csv;

    /// <summary>The kind of an output; CSV for standard output and devices.</summary>
    public static TableFormat Of(Output output) => Of(output.Path ?? "");

    /// <summary>The kind of a file.</summary>
    public static TableFormat Of(string path) => Array.Find(All, format => path.EndsWith(format.Extension, StringComparison.OrdinalIgnoreCase)) ?? Csv;

    /// <summary>Writes a table into a file, or wherever an output leads.</summary>
    /// <param name="output">The output.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="isRaw">Whether texts stay that a spreadsheet would take for a formula.</param>
    /// <param name="write">Writes the rows.</param>
    /// <returns>The SHA-256 of what was written.</returns>
    public static string Write(Output output, IReadOnlyList<Column> columns, bool isRaw, Action<TableWriter> write)
    {
        var hash = "";
        output.Write(stream =>
        {
            using var hashed = new HashedStream(stream);
            using var writer = Of(output)._createWriter(hashed, columns, isRaw);
            write(writer);
            writer.End();
            hash = hashed.Hash();
        });
        return hash;
    }

    /// <summary>A reader of a table of this kind.</summary>
    public TableReader Read(Stream stream, IReadOnlyList<Column> columns) => _createReader(stream, columns);
}
