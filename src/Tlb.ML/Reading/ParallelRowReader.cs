using System.Collections.Concurrent;

namespace Tlb.ML;

/// <summary>Goes through a data view once and in order, and has columns of its rows computed on all cores.</summary>
/// <typeparam name="TWorker">What looks at rows: each has a row of its own, and is used by one thread at a time.</typeparam>
internal sealed class ParallelRowReader<TWorker> : IDisposable where TWorker : class
{
    private readonly RowChain _chain;
    private readonly DataViewRowCursor _cursor;
    private readonly List<DataViewSchema.Column> _workerColumns;
    private readonly List<DataViewSchema.Column> _rootColumns;
    private readonly Func<DataViewRow, BufferedRow, TWorker> _createWorker;
    private readonly ConcurrentBag<(BufferedRow Root, DataViewRow Row, TWorker Worker)> _free = [];

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
        (_chain, _cursor, _createWorker) = (chain, cursor, createWorker);
        _workerColumns = [.. workerColumns];
        _rootColumns = chain.RootColumns(_workerColumns.Concat(otherColumns).DistinctBy(column => column.Index));
    }

    /// <summary>Makes a buffer for <see cref="Read"/>.</summary>
    public RowBuffer CreateBuffer(int capacity) => new(_chain.Root.Schema, _rootColumns, capacity);

    /// <summary>Reads the next rows.</summary>
    /// <param name="buffer">Receives the rows: those there are, up to <paramref name="most"/>.</param>
    /// <param name="most">The most rows.</param>
    /// <returns>What ended the reading; null if there may be further rows, or there are none.</returns>
    public Exception? Read(RowBuffer buffer, int most) => buffer.Fill(_cursor, most);

    /// <summary>Has each row of a buffer looked at, in any order and on any thread.</summary>
    /// <param name="buffer">The rows.</param>
    /// <param name="first">The first row to look at.</param>
    /// <param name="look">Looks at a row.</param>
    public void ForEach(RowBuffer buffer, int first, Action<TWorker, int> look) => Parallel.ForEach(
        Partitioner.Create(first, Math.Max(first + 1, buffer.Count), RangeSize(buffer.Count - first)),
        range =>
        {
            if (!_free.TryTake(out var entry))
                entry = Create(buffer);
            for (var row = range.Item1; row < Math.Min(range.Item2, buffer.Count); row++)
            {
                entry.Root.MoveTo(buffer, row);
                look(entry.Worker, row);
            }
            _free.Add(entry);
        });

    public void Dispose()
    {
        foreach (var (_, row, _) in _free)
            row.Dispose();
        _cursor.Dispose();
    }

    private (BufferedRow Root, DataViewRow Row, TWorker Worker) Create(RowBuffer buffer)
    {
        var root = new BufferedRow(buffer);
        var row = _chain.CreateRow(root, _workerColumns);
        return (root, row, _createWorker(row, root));
    }

    /// <summary>Small ranges, so that all cores end together; not single rows, for which the bookkeeping would cost too much.</summary>
    private static int RangeSize(int rows) => Math.Max(1, Math.Min(16, rows / (2 * Environment.ProcessorCount)));
}
