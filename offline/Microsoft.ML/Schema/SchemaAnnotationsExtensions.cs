namespace Microsoft.ML.Data;

/// <summary>Reads the common annotations of columns.</summary>
public static class SchemaAnnotationsExtensions
{
    public static bool HasSlotNames(this DataViewSchema.Column column) =>
        column.Type is VectorDataViewType { Size: > 0 } vector && column.HasSlotNames(vector.Size);

    public static void GetSlotNames(this DataViewSchema.Column column, ref VBuffer<ReadOnlyMemory<char>> slotNames) =>
        column.Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref slotNames);

    /// <summary>Whether every key has a value, by default of text.</summary>
    public static bool HasKeyValues(this DataViewSchema.Column column, PrimitiveDataViewType keyValueItemType = null) =>
        column.Type.GetItemType() is KeyDataViewType key
        && column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type is VectorDataViewType values
        && key.Count == (ulong)values.Size && (keyValueItemType ?? TextDataViewType.Instance).Equals(values.ItemType);

    public static void GetKeyValues<TValue>(this DataViewSchema.Column column, ref VBuffer<TValue> keyValues) =>
        column.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref keyValues);

    public static bool IsNormalized(this DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.IsNormalized)?.Type is not BooleanDataViewType)
            return false;
        var value = false;
        column.Annotations.GetValue(AnnotationUtils.Kinds.IsNormalized, ref value);
        return value;
    }
}
