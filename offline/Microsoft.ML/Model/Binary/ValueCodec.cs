using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>A codec that writes a block out of a list of values, and reads one into an array.</summary>
internal abstract class ValueCodec<T> : IValueCodec<T>
{
    protected ValueCodec(string loadName, DataViewType type)
    {
        LoadName = loadName;
        Type = type;
    }

    public string LoadName { get; }

    public DataViewType Type { get; }

    public virtual void WriteParameters(BinaryWriter writer)
    {
    }

    public abstract void WriteBlock(BinaryWriter writer, List<T> values);

    public abstract T[] ReadBlock(BinaryReader reader, int items);

    public IValueWriter<T> OpenWriter(Stream stream) => new Writer(this, stream);

    public IValueReader<T> OpenReader(Stream stream, int items) => new Reader(this, stream, items);

    public void WriteAnnotation(Stream stream, DataViewSchema.Annotations annotations, string kind)
    {
        T value = default;
        annotations.GetValue(kind, ref value);
        using var writer = OpenWriter(stream);
        writer.Write(in value);
        writer.Commit();
    }

    public Delegate ReadAnnotation(Stream stream)
    {
        T value = default;
        using var reader = OpenReader(stream, 1);
        reader.MoveNext();
        reader.Get(ref value);
        return GetterOf(value);
    }

    public IValueCodec OfVector(VectorDataViewType type) => new VectorCodec<T>(this, type);

    public IValueCodec OfKey(KeyDataViewType type) => new KeyCodec<T>(this, type);

    protected virtual ValueGetter<T> GetterOf(T value) => (ref T destination) => destination = value;

    private sealed class Writer(ValueCodec<T> codec, Stream stream) : IValueWriter<T>
    {
        private readonly List<T> _values = [];

        public void Write(in T value) => _values.Add(value);

        public void Commit()
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            codec.WriteBlock(writer, _values);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Reader : IValueReader<T>
    {
        private readonly T[] _values;
        private int _index = -1;

        public Reader(ValueCodec<T> codec, Stream stream, int items)
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            _values = codec.ReadBlock(reader, items);
        }

        public void MoveNext() => Contracts.Check(++_index < _values.Length, "reader already read all values");

        public void Get(ref T value) => value = _values[_index];

        public void Dispose()
        {
        }
    }
}
