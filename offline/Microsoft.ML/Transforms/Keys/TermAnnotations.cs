using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;

namespace Microsoft.ML.Transforms;

/// <summary>What keys stand for, as an annotation of their column.</summary>
internal static class TermAnnotations
{
    public static void AddKeyValues(DataViewSchema.Annotations.Builder builder, TermMap map, DataViewSchema.Column source, bool asText)
    {
        // The keys of keys stand for what the first ones stand for, where that is known.
        if (map.ItemType is KeyDataViewType key && source.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type
            is VectorDataViewType values && (ulong)values.Size == key.Count)
            Utils.MarshalActionInvoke(AddValuesOfKeys<int>, values.ItemType.RawType, builder, map, source, asText);
        else
            Utils.MarshalActionInvoke(AddTerms<int>, map.ItemType.RawType, builder, map, asText);
    }

    private static void AddTerms<T>(DataViewSchema.Annotations.Builder builder, TermMap map, bool asText) =>
        Add<T>(builder, map.Count, map.ItemType, ((TermMap<T>)map).GetTerms, asText);

    private static void AddValuesOfKeys<T>(DataViewSchema.Annotations.Builder builder, TermMap map,
        DataViewSchema.Column source, bool asText)
    {
        var type = ((VectorDataViewType)source.Annotations.Schema[AnnotationUtils.Kinds.KeyValues].Type).ItemType;
        Add<T>(builder, map.Count, type, (ref VBuffer<T> dst) =>
        {
            VBuffer<T> values = default;
            source.GetKeyValues(ref values);
            var keys = KeysOf(map);
            var editor = VBufferEditor.Create(ref dst, keys.Length);
            for (var i = 0; i < keys.Length; i++)
                editor.Values[i] = values.GetItemOrDefault((int)keys[i] - 1);
            dst = editor.Commit();
        }, asText);
    }

    private static void Add<T>(DataViewSchema.Annotations.Builder builder, int count, PrimitiveDataViewType type,
        ValueGetter<VBuffer<T>> getter, bool asText)
    {
        if (!asText || type is TextDataViewType)
        {
            builder.AddKeyValues(count, type, getter);
            return;
        }
        builder.AddKeyValues(count, TextDataViewType.Instance, (ref VBuffer<ReadOnlyMemory<char>> dst) =>
        {
            VBuffer<T> values = default;
            getter(ref values);
            var editor = VBufferEditor.Create(ref dst, values.Length);
            foreach (var (slot, value) in values.Items(all: true))
                editor.Values[slot] = PrimitiveValues.ToText(value, type).AsMemory();
            dst = editor.Commit();
        });
    }

    private static ulong[] KeysOf(TermMap map) => map switch
    {
        TermMap<byte> keys => [.. Enumerable.Range(0, map.Count).Select(i => (ulong)keys[i])],
        TermMap<ushort> keys => [.. Enumerable.Range(0, map.Count).Select(i => (ulong)keys[i])],
        TermMap<uint> keys => [.. Enumerable.Range(0, map.Count).Select(i => (ulong)keys[i])],
        _ => [.. Enumerable.Range(0, map.Count).Select(i => ((TermMap<ulong>)map)[i])],
    };
}
