using System.Collections.Concurrent;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Hands out the rows of batches that other threads queue up; null in the queue is the end.</summary>
internal sealed class BatchReadingCursor : RootCursorBase
{
    private readonly RowBatchLayout _layout;
    private readonly BlockingCollection<RowBatch> _queue;
    private readonly Action _quit;
    private readonly Delegate[] _getters;
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private Array[] _columns;
    private int _count;
    private int _index;
    private long _batch = -1;
    private bool _disposed;

    public BatchReadingCursor(IChannelProvider provider, RowBatchLayout layout, BlockingCollection<RowBatch> queue, Action quit)
        : base(provider)
    {
        _layout = layout;
        _queue = queue;
        _quit = quit;
        _getters = [.. layout.Active.Select((column, place) => MakeGetter(layout.Schema[column].Type, place))];
        _idGetter = MakeScalarGetter<DataViewRowId>(_getters.Length);
    }

    public override DataViewSchema Schema => _layout.Schema;

    public override long Batch => _batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _idGetter;

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Ch.CheckParam(column.Index < _layout.PlaceOf.Length, nameof(column));
        return _layout.PlaceOf[column.Index] >= 0;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Ch.CheckParam(IsColumnActive(column), nameof(column), "requested column not active.");
        var getter = _getters[_layout.PlaceOf[column.Index]];
        return getter as ValueGetter<TValue> ?? throw Ch.Except($"Invalid TValue: '{typeof(TValue)}', " +
            $"expected type: '{getter.GetType().GetGenericArguments().First()}'.");
    }

    protected override bool MoveNextCore()
    {
        if (++_index < _count)
            return true;
        var batch = _queue.Take();
        if (batch is null)
            return false;
        var columns = batch.Columns;
        if (_columns is not null)
            _layout.Return(_columns);
        _columns = columns;
        _batch = batch.Id;
        _count = batch.Count;
        _index = 0;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        if (disposing)
        {
            _count = 0;
            _quit();
        }
        _disposed = true;
        base.Dispose(disposing);
    }

    private Delegate MakeGetter(DataViewType type, int place) => type is VectorDataViewType vector
        ? Utils.MarshalInvoke(MakeVectorGetter<int>, vector.ItemType.RawType, place)
        : Utils.MarshalInvoke(MakeScalarGetterDelegate<int>, type.RawType, place);

    private Delegate MakeScalarGetterDelegate<T>(int place) => MakeScalarGetter<T>(place);

    private ValueGetter<T> MakeScalarGetter<T>(int place) => (ref T value) => value = Current<T>(place);

    private Delegate MakeVectorGetter<T>(int place) =>
        (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => Current<VBuffer<T>>(place).CopyTo(ref value));

    private T Current<T>(int place)
    {
        Contracts.Check(_index < _count, "Cannot get value as the cursor is not in a good state");
        return ((T[])_columns[place])[_index];
    }
}
