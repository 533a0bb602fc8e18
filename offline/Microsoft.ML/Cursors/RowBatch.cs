using System.Collections.Concurrent;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Rows copied out of a cursor, column by column; or the exception that stopped the copying.</summary>
internal sealed class RowBatch(long id, int count, Array[] columns, Exception exception = null)
{
    public RowBatch(Exception exception)
        : this(-1, 0, null, exception)
    {
    }

    public long Id => id;

    public int Count => count;

    public Array[] Columns => exception is null
        ? columns
        : throw Contracts.Except(exception, "Splitter/consolidator worker encountered exception while consuming source data");
}

/// <summary>The active columns of the cursors that rows are copied between, the identity of rows last, with pools of arrays.</summary>
internal sealed class RowBatchLayout
{
    private readonly ConcurrentBag<Array>[] _pools;

    public RowBatchLayout(DataViewRowCursor cursor)
    {
        Schema = cursor.Schema;
        Utils.BuildSubsetMaps(Schema.Count, i => cursor.IsColumnActive(cursor.Schema[i]), out var active, out var placeOf);
        Active = active;
        PlaceOf = placeOf;
        _pools = [.. Enumerable.Range(0, active.Length + 1).Select(_ => new ConcurrentBag<Array>())];
    }

    public DataViewSchema Schema { get; }

    public int[] Active { get; }

    public int[] PlaceOf { get; }

    public RowBatchWriter CreateWriter(DataViewRowCursor cursor) =>
        new([.. Active.Select((column, place) => CreateColumn(cursor, column, place)),
            new ColumnWriter<DataViewRowId>(cursor.GetIdGetter(), _pools[^1])]);

    /// <summary>Gives the arrays of a batch that has been read back to the pools.</summary>
    public void Return(Array[] columns)
    {
        for (var i = 0; i < columns.Length; i++)
            _pools[i].Add(columns[i]);
    }

    private ColumnWriter CreateColumn(DataViewRowCursor cursor, int column, int place) => Utils.MarshalInvoke(
        CreateColumn<int>, Schema[column].Type.RawType, cursor, column, _pools[place]);

    private static ColumnWriter CreateColumn<T>(DataViewRowCursor cursor, int column, ConcurrentBag<Array> pool) =>
        new ColumnWriter<T>(cursor.GetGetter<T>(cursor.Schema[column]), pool);
}

/// <summary>Copies rows of one cursor into batches.</summary>
internal sealed class RowBatchWriter(ColumnWriter[] columns)
{
    public int Count { get; private set; }

    public void AddRow()
    {
        foreach (var column in columns)
            column.AddRow(Count);
        Count++;
    }

    public RowBatch Take(long id)
    {
        var batch = new RowBatch(id, Count, [.. columns.Select(c => c.Take())]);
        Count = 0;
        return batch;
    }
}

internal abstract class ColumnWriter
{
    public abstract void AddRow(int index);

    public abstract Array Take();
}

internal sealed class ColumnWriter<T>(ValueGetter<T> getter, ConcurrentBag<Array> pool) : ColumnWriter
{
    private T[] _values = [];

    public override void AddRow(int index)
    {
        if (index == 0 && pool.TryTake(out var used))
            _values = (T[])used;
        Utils.EnsureSize(ref _values, index + 1);
        getter(ref _values[index]);
    }

    public override Array Take()
    {
        var values = _values;
        _values = [];
        return values;
    }
}
