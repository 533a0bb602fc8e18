using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

internal sealed class ValueTermMap<T>(PrimitiveDataViewType itemType) : TermMap<T>(itemType)
    where T : IEquatable<T>, IComparable<T>
{
    private readonly List<T> _values = [];
    private readonly Dictionary<T, uint> _keyOf = [];

    public override int Count => _values.Count;

    public override T this[int index] => _values[index];

    public override bool TryAdd(T value) => !PrimitiveValues.IsMissing(value, ItemType) && TryAddLoaded(value);

    public bool TryAddLoaded(T value)
    {
        if (!_keyOf.TryAdd(value, (uint)Count + 1))
            return false;
        _values.Add(value);
        return true;
    }

    public override uint KeyOf(T value) => _keyOf.GetValueOrDefault(value);

    public override TermMap<T> Sorted()
    {
        var sorted = new ValueTermMap<T>(ItemType);
        foreach (var value in _values.Order())
            sorted.TryAddLoaded(value);
        return sorted;
    }

    public override void Save(ModelSaveContext ctx, IHost host, CodecFactory codecs)
    {
        if (!codecs.TryGetCodec(ItemType, out var codec))
            throw host.Except("We do not know how to serialize terms of type '{0}'", ItemType);
        WriteForm(ctx, text: false);
        codecs.WriteCodec(ctx.Writer.BaseStream, codec);
        ctx.Writer.Write(Count);
        using var writer = ((IValueCodec<T>)codec).OpenWriter(ctx.Writer.BaseStream);
        foreach (var value in _values)
            writer.Write(in value);
        writer.Commit();
    }

    public override void WriteTextTerms(TextWriter writer)
    {
        writer.WriteLine("# Number of terms of type '{0}' = {1}", ItemType, Count);
        for (var i = 0; i < Count; i++)
            writer.WriteLine("{0}\t{1}", i, PrimitiveValues.ToText(_values[i], ItemType));
    }
}
