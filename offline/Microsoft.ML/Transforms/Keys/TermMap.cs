using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Values in the order of their keys.</summary>
internal abstract class TermMap(PrimitiveDataViewType itemType)
{
    private const byte TextForm = 0;
    private const byte CodecForm = 1;

    public PrimitiveDataViewType ItemType => itemType;

    public abstract int Count { get; }

    // An empty map still needs a key type, and there is none without keys.
    public KeyDataViewType OutputType => new(typeof(uint), Math.Max(1, Count));

    public static TermMap Load(ModelLoadContext ctx, IHost host, CodecFactory codecs)
    {
        var form = ctx.Reader.ReadByte();
        host.CheckDecode(form is TextForm or CodecForm);
        if (form == TextForm)
        {
            var texts = new TextTermMap();
            var count = ctx.Reader.ReadInt32();
            host.CheckDecode(count >= 0);
            for (var i = 0; i < count; i++)
                host.CheckDecode(texts.TryAdd(ctx.LoadNonEmptyString().AsMemory()));
            return texts;
        }
        if (!codecs.TryReadCodec(ctx.Reader.BaseStream, out var codec))
            throw host.Except("Unrecognized codec read");
        host.CheckDecode(codec.Type is PrimitiveDataViewType);
        var terms = ctx.Reader.ReadInt32();
        host.CheckDecode(terms >= 0);
        return Utils.MarshalInvoke(LoadValues<int>, codec.Type.RawType, ctx, host, codec, terms);
    }

    public abstract void Save(ModelSaveContext ctx, IHost host, CodecFactory codecs);

    public abstract void WriteTextTerms(TextWriter writer);

    public abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column column);

    public abstract Delegate MakeVectorGetter(IHost host, DataViewRow row, DataViewSchema.Column column, string outputName);

    private static TermMap LoadValues<T>(ModelLoadContext ctx, IHost host, IValueCodec codec, int count)
        where T : IEquatable<T>, IComparable<T>
    {
        var map = new ValueTermMap<T>((PrimitiveDataViewType)codec.Type);
        if (count == 0)
            return map;
        using var reader = ((IValueCodec<T>)codec).OpenReader(ctx.Reader.BaseStream, count);
        T value = default;
        for (var i = 0; i < count; i++)
        {
            reader.MoveNext();
            reader.Get(ref value);
            if (!map.TryAddLoaded(value))
                throw host.Except("Duplicate items at positions {0} and {1}", map.KeyOf(value) - 1, i);
        }
        return map;
    }

    protected static void WriteForm(ModelSaveContext ctx, bool text) => ctx.Writer.Write(text ? TextForm : CodecForm);
}

/// <summary>Values of a known type in the order of their keys.</summary>
internal abstract class TermMap<T>(PrimitiveDataViewType itemType) : TermMap(itemType)
{
    public abstract T this[int index] { get; }

    /// <summary>Gives a new value that is not missing the next key.</summary>
    public abstract bool TryAdd(T value);

    /// <summary>0 for values that are not there.</summary>
    public abstract uint KeyOf(T value);

    public abstract TermMap<T> Sorted();

    public void GetTerms(ref VBuffer<T> terms)
    {
        var editor = VBufferEditor.Create(ref terms, Count);
        for (var i = 0; i < Count; i++)
            editor.Values[i] = this[i];
        terms = editor.Commit();
    }

    public override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return (ValueGetter<uint>)((ref uint key) =>
        {
            getter(ref value);
            key = KeyOf(value);
        });
    }

    public override Delegate MakeVectorGetter(IHost host, DataViewRow row, DataViewSchema.Column column, string outputName)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        var size = column.Type.GetVectorSize();
        // What a sparse vector leaves out can be a value with a key of its own.
        var defaultHasKey = KeyOf(default) != 0;
        VBuffer<T> values = default;
        var found = new List<(int Slot, uint Key)>();
        return (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> keys) =>
        {
            getter(ref values);
            if (size != 0 && values.Length != size)
                throw host.Except("Column '{0}': TermTransform expects {1} slots, but got {2}", outputName, size, values.Length);
            found.Clear();
            foreach (var (slot, value) in values.Items(all: defaultHasKey))
            {
                if (KeyOf(value) is > 0 and var key)
                    found.Add((slot, key));
            }
            WriteKeys(values.Length, found, ref keys);
        });
    }

    // Dense from the point on where sparse would need as much space.
    private static void WriteKeys(int length, List<(int Slot, uint Key)> found, ref VBuffer<uint> keys)
    {
        var dense = found.Count > 0 && found.Count >= length / 2;
        var editor = VBufferEditor.Create(ref keys, length, dense ? length : found.Count);
        if (dense)
            editor.Values.Clear();
        for (var i = 0; i < found.Count; i++)
        {
            editor.Values[dense ? found[i].Slot : i] = found[i].Key;
            if (!editor.Indices.IsEmpty)
                editor.Indices[i] = found[i].Slot;
        }
        keys = editor.Commit();
    }
}
