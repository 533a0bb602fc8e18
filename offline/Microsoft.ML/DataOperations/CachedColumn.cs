using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The values of one column.</summary>
internal abstract class CachedColumn(CacheFill fill)
{
    public CacheFill Fill => fill;

    public static CachedColumn Create(DataViewRowCursor cursor, DataViewSchema.Column column, CacheFill fill) =>
        column.Type is VectorDataViewType vector
            ? Utils.MarshalInvoke(CreateVector<int>, vector.ItemType.RawType, cursor, column, fill)
            : Utils.MarshalInvoke(CreateScalar<int>, column.Type.RawType, cursor, column, fill);

    public abstract void AddCurrent();

    public abstract Delegate MakeGetter(Func<int> row);

    private static CachedColumn CreateScalar<T>(DataViewRowCursor cursor, DataViewSchema.Column column, CacheFill fill) =>
        new Scalars<T>(cursor.GetGetter<T>(column), fill);

    private static CachedColumn CreateVector<T>(DataViewRowCursor cursor, DataViewSchema.Column column, CacheFill fill) =>
        new Vectors<T>(cursor.GetGetter<VBuffer<T>>(column), column.Type.GetVectorSize(), fill);

    private sealed class Scalars<T>(ValueGetter<T> source, CacheFill fill) : CachedColumn(fill)
    {
        private T[] _values = [];
        private int _count;

        public override void AddCurrent()
        {
            Utils.EnsureSize(ref _values, _count + 1);
            source(ref _values[_count++]);
        }

        public override Delegate MakeGetter(Func<int> row) => (ValueGetter<T>)((ref T value) => value = _values[row()]);
    }

    private sealed class Vectors<T>(ValueGetter<VBuffer<T>> source, int size, CacheFill fill) : CachedColumn(fill)
    {
        private VBuffer<T>[] _values = [];
        private int _count;
        private VBuffer<T> _current;

        public override void AddCurrent()
        {
            source(ref _current);
            if (size != 0 && size != _current.Length)
                throw Contracts.Except("Caching expected vector of size {0}, but {1} encountered.", size, _current.Length);
            Utils.EnsureSize(ref _values, _count + 1);
            _current.CopyTo(ref _values[_count++]);
        }

        public override Delegate MakeGetter(Func<int> row) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[row()].CopyTo(ref value));
    }
}
