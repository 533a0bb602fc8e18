using Parquet.Schema;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Columns as those of a Parquet file.</summary>
internal static class ParquetSchemas
{
    /// <summary>The fields of columns: none may be null.</summary>
    public static DataField[] Fields(IReadOnlyList<Column> columns) =>
        [.. columns.Select(column => new DataField(column.Name, column.IsNumber ? typeof(float) : typeof(string), isNullable: false))];
}
