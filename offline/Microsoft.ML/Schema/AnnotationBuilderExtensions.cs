namespace Microsoft.ML.Data;

internal static class AnnotationBuilderExtensions
{
    public static void AddSlotNames(this DataViewSchema.Annotations.Builder builder, int size,
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter) =>
        builder.Add(AnnotationUtils.Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, size), getter);

    public static void AddKeyValues<TValue>(this DataViewSchema.Annotations.Builder builder, int size,
        PrimitiveDataViewType valueType, ValueGetter<VBuffer<TValue>> getter) =>
        builder.Add(AnnotationUtils.Kinds.KeyValues, new VectorDataViewType(valueType, size), getter);
}
