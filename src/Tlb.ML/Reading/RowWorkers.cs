using System.Collections.Concurrent;

namespace Tlb.ML;

/// <summary>Has columns of buffered rows computed on all cores.</summary>
/// <typeparam name="TWorker">What looks at rows: each has a row of its own, and is used by one thread at a time.</typeparam>
/// <param name="chain">The view that the rows are of.</param>
/// <param name="columns">The columns that workers look at.</param>
/// <param name="createWorker">Makes a worker over a row of the view and the row of the root under it.</param>
internal sealed class RowWorkers<TWorker>(RowChain chain, IReadOnlyCollection<DataViewSchema.Column> columns, Func<DataViewRow, BufferedRow, TWorker> createWorker) : IDisposable
    where TWorker : class
{
    private readonly ConcurrentBag<(BufferedRow Root, DataViewRow Row, TWorker Worker)> _free = [];

    /// <summary>Has rows looked at, in any order and on any thread.</summary>
    /// <param name="first">The number of the first row.</param>
    /// <param name="end">The number after that of the last.</param>
    /// <param name="place">Where the row of a number is.</param>
    /// <param name="look">Looks at the row of a number. What it throws is thrown on.</param>
    /// <param name="cancellation">Stops early.</param>
    public void ForEach(int first, int end, Func<int, (RowBuffer Buffer, int Row)> place, Action<TWorker, int> look, CancellationToken cancellation = default)
    {
        if (first >= end)
            return;
        var size = RangeSize(end - first);
        Cores.For((end - first + size - 1) / size, range =>
        {
            var start = first + range * size;
            Look(start, Math.Min(start + size, end), place, look, cancellation);
        });
    }

    public void Dispose()
    {
        foreach (var (_, row, _) in _free)
            row.Dispose();
    }

    private void Look(int first, int end, Func<int, (RowBuffer Buffer, int Row)> place, Action<TWorker, int> look, CancellationToken cancellation)
    {
        if (!_free.TryTake(out var entry))
            entry = Create(place(first).Buffer);
        try
        {
            for (var number = first; number < end && !cancellation.IsCancellationRequested; number++)
            {
                var (buffer, row) = place(number);
                entry.Root.MoveTo(buffer, row);
                look(entry.Worker, number);
            }
        }
        finally
        {
            _free.Add(entry);
        }
    }

    private (BufferedRow Root, DataViewRow Row, TWorker Worker) Create(RowBuffer buffer)
    {
        var root = new BufferedRow(buffer);
        var row = chain.CreateRow(root, columns);
        return (root, row, createWorker(row, root));
    }

    /// <summary>Small ranges, so that all cores end together; not single rows, for which the bookkeeping would cost too much.</summary>
    private static int RangeSize(int rows) => Math.Max(1, Math.Min(16, rows / (2 * Cores.Count)));
}
