namespace Tlb.ML;

/// <summary>The values of a column for some rows.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>Makes a buffer for a column of any type.</summary>
    public static ColumnBuffer Create(DataViewSchema.Column column, int capacity)
    {
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
    public abstract void Take(int row);

    /// <summary>Makes a getter of the value of whatever row <paramref name="row"/> then stands on.</summary>
    /// <param name="column">The column's index.</param>
    /// <param name="row">The row.</param>
    public abstract Delegate CreateGetter(int column, BufferedRow row);

    /// <summary>Values of their own: numbers, texts, keys, and images, which belong to whoever made them.</summary>
    private sealed class ValueBuffer<T>(DataViewSchema.Column column, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];
        private ValueGetter<T>? _getter;

        public override void ReadFrom(DataViewRowCursor cursor) => _getter = cursor.GetGetter<T>(column);

        public override void Take(int row) => _getter!(ref _values[row]);

        public override Delegate CreateGetter(int column, BufferedRow row) =>
            (ValueGetter<T>)((ref T value) => value = ((ValueBuffer<T>)row.Buffer.Column(column))._values[row.Row]);
    }

    /// <summary>Vectors, whose getters want memory of the caller's.</summary>
    private sealed class VectorBuffer<T>(DataViewSchema.Column column, int capacity) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];
        private ValueGetter<VBuffer<T>>? _getter;

        public override void ReadFrom(DataViewRowCursor cursor) => _getter = cursor.GetGetter<VBuffer<T>>(column);

        public override void Take(int row) => _getter!(ref _values[row]);

        public override Delegate CreateGetter(int column, BufferedRow row) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => ((VectorBuffer<T>)row.Buffer.Column(column))._values[row.Row].CopyTo(ref value));
    }
}
