using System.Runtime.CompilerServices;
using Microsoft.ML.Transforms.Image;

namespace Tlb.ML;

/// <summary>The values of a column for some rows.</summary>
internal abstract class ColumnBuffer : IDisposable
{
    /// <summary>Whether values of a type can be kept after their cursor has moved on: numbers, texts, keys, dates, and vectors of them.</summary>
    /// <remarks>Objects belong to whoever made them, who may use them again for the next row.</remarks>
    public static bool CanKeep(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    /// <summary>Makes a buffer for a column of any type. Images are copied.</summary>
    public static ColumnBuffer Create(DataViewSchema.Column column, int capacity)
    {
        if (column.Type is ImageDataViewType)
            return new ImageBuffer(column, capacity);
        var type = column.Type.RawType;
        var buffer = column.Type is VectorDataViewType vector && type == typeof(VBuffer<>).MakeGenericType(vector.ItemType.RawType)
            ? typeof(VectorBuffer<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(ValueBuffer<>).MakeGenericType(type);
        return (ColumnBuffer)Activator.CreateInstance(buffer, column, capacity)!;
    }

    /// <summary>Takes values from a cursor from now on.</summary>
    public abstract void ReadFrom(DataViewRowCursor cursor);

    /// <summary>Takes the value of the cursor's row.</summary>
    /// <param name="row">The row's place in the buffer.</param>
    /// <returns>The bytes that the value holds, about.</returns>
    public abstract long Take(int row);

    /// <summary>Makes a getter of the value of whatever row <paramref name="row"/> then stands on.</summary>
    /// <param name="column">The column's index.</param>
    /// <param name="row">The row.</param>
    public abstract Delegate CreateGetter(int column, BufferedRow row);

    public virtual void Dispose()
    {
    }

    /// <summary>Values of their own: numbers, texts, keys.</summary>
    private sealed class ValueBuffer<T>(DataViewSchema.Column column, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];
        private ValueGetter<T>? _getter;

        public override void ReadFrom(DataViewRowCursor cursor) => _getter = cursor.GetGetter<T>(column);

        public override long Take(int row)
        {
            _getter!(ref _values[row]);
            return _values[row] is ReadOnlyMemory<char> text ? sizeof(char) * text.Length : Unsafe.SizeOf<T>();
        }

        public override Delegate CreateGetter(int column, BufferedRow row) =>
            (ValueGetter<T>)((ref T value) => value = ((ValueBuffer<T>)row.Buffer.Column(column))._values[row.Row]);
    }

    /// <summary>Vectors, whose getters want memory of the caller's.</summary>
    private sealed class VectorBuffer<T>(DataViewSchema.Column column, int capacity) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];
        private ValueGetter<VBuffer<T>>? _getter;

        public override void ReadFrom(DataViewRowCursor cursor) => _getter = cursor.GetGetter<VBuffer<T>>(column);

        public override long Take(int row)
        {
            _getter!(ref _values[row]);
            return (long)Unsafe.SizeOf<T>() * _values[row].GetValues().Length;
        }

        public override Delegate CreateGetter(int column, BufferedRow row) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => ((VectorBuffer<T>)row.Buffer.Column(column))._values[row.Row].CopyTo(ref value));
    }
}
