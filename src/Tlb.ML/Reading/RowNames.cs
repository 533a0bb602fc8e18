namespace Tlb.ML;

/// <summary>Names a row of data for a message: its number and the texts that stand in it, such as an image's path.</summary>
/// <param name="row">The row; its active columns are asked when a name is wanted.</param>
internal sealed class RowNames(DataViewRow row)
{
    private List<(string Name, ValueGetter<ReadOnlyMemory<char>> Getter)>? _texts;

    /// <summary>The columns whose texts name a row.</summary>
    public static IEnumerable<DataViewSchema.Column> TextColumns(DataViewSchema schema) => schema.Where(IsName);

    /// <summary>Whether a column's text names a row.</summary>
    public static bool IsName(DataViewSchema.Column column) => column.Type is TextDataViewType && !column.IsHidden;

    /// <summary>Names the current row.</summary>
    /// <param name="position">The row's number.</param>
    /// <param name="tag">What else names it, or null.</param>
    public string Current(long position, string? tag)
    {
        _texts ??= [.. TextColumns(row.Schema).Where(row.IsColumnActive).Select(column => (column.Name, row.GetGetter<ReadOnlyMemory<char>>(column)))];
        var parts = _texts.Select(text => $"{text.Name} = \"{Value(text.Getter)}\"").ToList();
        if (!string.IsNullOrEmpty(tag))
            parts.Insert(0, $"\"{tag}\"");
        return $"Row {position}" + (parts.Count == 0 ? "" : $" ({string.Join(", ", parts)})");
    }

    private static string Value(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        ReadOnlyMemory<char> text = default;
        getter(ref text);
        return text.ToString();
    }
}
