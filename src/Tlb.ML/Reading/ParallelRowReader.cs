namespace Tlb.ML;

/// <summary>Goes through a data view once and in order, and has columns of its rows computed on all cores.</summary>
/// <typeparam name="TWorker">What looks at rows: each has a row of its own, and is used by one thread at a time.</typeparam>
internal sealed class ParallelRowReader<TWorker> : IDisposable where TWorker : class
{
    private readonly RowChain _chain;
    private readonly DataViewRowCursor _cursor;
    private readonly List<DataViewSchema.Column> _rootColumns;
    private readonly RowWorkers<TWorker> _workers;
    private readonly List<RowBuffer> _buffers = [];

    /// <summary>Opens a view.</summary>
    /// <param name="chain">The view.</param>
    /// <param name="cursor">A cursor over its root, with the columns of <see cref="RowChain.RootColumns"/> for all columns below. It is disposed with the reader.</param>
    /// <param name="workerColumns">The columns that workers look at.</param>
    /// <param name="otherColumns">Further columns to be kept in the buffers.</param>
    /// <param name="createWorker">Makes a worker over a row of the view and the row of the root under it.</param>
    public ParallelRowReader(
        RowChain chain, DataViewRowCursor cursor, IEnumerable<DataViewSchema.Column> workerColumns, IEnumerable<DataViewSchema.Column> otherColumns,
        Func<DataViewRow, BufferedRow, TWorker> createWorker)
    {
        (_chain, _cursor) = (chain, cursor);
        List<DataViewSchema.Column> columns = [.. workerColumns];
        _workers = new(chain, columns, createWorker);
        _rootColumns = chain.RootColumns(columns.Concat(otherColumns).DistinctBy(column => column.Index));
    }

    /// <summary>Makes a buffer for <see cref="Read"/>. It is disposed with the reader.</summary>
    public RowBuffer CreateBuffer(int capacity)
    {
        var buffer = new RowBuffer(_chain.Root.Schema, _rootColumns, capacity);
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>Reads the next rows.</summary>
    /// <param name="buffer">Receives the rows: those there are, up to <paramref name="most"/>.</param>
    /// <param name="most">The most rows.</param>
    /// <param name="cancellation">Stops the reading early.</param>
    /// <returns>What ended the reading; null if there may be further rows, or there are none.</returns>
    public Exception? Read(RowBuffer buffer, int most, CancellationToken cancellation = default) => buffer.Fill(_cursor, most, cancellation);

    /// <summary>Has each row of a buffer looked at, in any order and on any thread.</summary>
    /// <param name="buffer">The rows.</param>
    /// <param name="first">The first row to look at.</param>
    /// <param name="look">Looks at a row. What it throws is thrown on.</param>
    /// <param name="cancellation">Stops early.</param>
    public void ForEach(RowBuffer buffer, int first, Action<TWorker, int> look, CancellationToken cancellation = default) =>
        _workers.ForEach(first, buffer.Count, row => (buffer, row), look, cancellation);

    public void Dispose()
    {
        _workers.Dispose();
        _cursor.Dispose();
        _buffers.ForEach(buffer => buffer.Dispose());
    }
}
