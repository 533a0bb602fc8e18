namespace Microsoft.ML.Data;

internal static class SchemaExtensions
{
    public static DataViewSchema MakeSchema(IEnumerable<DataViewSchema.DetachedColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(columns);
        return builder.ToSchema();
    }

    public static bool TryGetColumnIndex(this DataViewSchema schema, string name, out int col)
    {
        col = schema.GetColumnOrNull(name)?.Index ?? -1;
        return col >= 0;
    }

    /// <summary>A name that no column has yet, like <paramref name="tag"/>.</summary>
    public static string GetTempColumnName(this DataViewSchema schema, string tag)
    {
        if (schema.GetColumnOrNull(tag) is null)
            return tag;
        return Enumerable.Range(0, int.MaxValue).Select(i => $"temp_{tag}_{i:000}").First(name => schema.GetColumnOrNull(name) is null);
    }
}
