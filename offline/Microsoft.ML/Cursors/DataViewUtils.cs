using System.Collections.Concurrent;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reading rows with several threads, without changing their order.</summary>
internal static class DataViewUtils
{
    private const int QueueBound = 4;
    private const int SplitBatchSize = 128;

    public static int GetThreadCount() => Math.Max(2, Environment.ProcessorCount - 1);

    public static bool IsCacheable(this DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    /// <summary>One cursor over the cursors of a set, unless the values of some column cannot be copied between threads.</summary>
    public static bool TryCreateConsolidatingCursor(out DataViewRowCursor curs, IDataView view,
        IEnumerable<DataViewSchema.Column> columnsNeeded, IHost host, Random rand)
    {
        curs = null;
        if (!columnsNeeded.All(c => c.Type.IsCacheable()))
            return false;
        var inputs = view.GetRowCursorSet(columnsNeeded, GetThreadCount(), rand);
        host.Check(Utils.Size(inputs) > 0);
        curs = ConsolidateGeneric(host, inputs);
        return true;
    }

    /// <summary>Cursors that share the rows of one among them.</summary>
    public static DataViewRowCursor[] CreateSplitCursors(IChannelProvider provider, DataViewRowCursor input, int num)
    {
        Contracts.CheckValue(provider, nameof(provider));
        provider.CheckValue(input, nameof(input));
        if (num <= 1 || input.Schema.Any(c => input.IsColumnActive(c) && !c.Type.IsCacheable()))
            return [input];
        using var channel = provider.Start("CursorSplitter");
        return Split(provider, input, num);
    }

    public static DataViewRowCursor ConsolidateGeneric(IChannelProvider provider, DataViewRowCursor[] inputs)
    {
        Contracts.CheckValue(provider, nameof(provider));
        provider.CheckNonEmpty(inputs, nameof(inputs));
        if (inputs.Length == 1)
            return inputs[0];
        using var channel = provider.Start("Consolidate");
        return Consolidate(provider, inputs);
    }

    private static DataViewRowCursor[] Split(IChannelProvider provider, DataViewRowCursor input, int count)
    {
        var layout = new RowBatchLayout(input);
        var writer = layout.CreateWriter(input);
        var queue = new BlockingCollection<RowBatch>(QueueBound);
        var done = false;
        var running = count;
        var reader = Utils.RunOnBackgroundThreadAsync(() =>
        {
            RowBatch last = null;
            try
            {
                using (input)
                {
                    long id = 0;
                    while (input.MoveNext() && !Volatile.Read(ref done))
                    {
                        writer.AddRow();
                        if (writer.Count == SplitBatchSize)
                            queue.Add(writer.Take(id++));
                    }
                    if (writer.Count > 0)
                        queue.Add(writer.Take(id));
                }
            }
            catch (Exception exception)
            {
                last = new RowBatch(exception);
            }
            // One end for each cursor.
            queue.Add(last);
            for (var i = 1; i < count; i++)
                queue.Add(null);
            queue.CompleteAdding();
        });
        void Quit()
        {
            if (Interlocked.Decrement(ref running) > 0)
                return;
            Volatile.Write(ref done, true);
            Drain(queue);
            reader.Wait();
        }
        return [.. Enumerable.Range(0, count).Select(_ => new BatchReadingCursor(provider, layout, queue, Quit))];
    }

    private static BatchReadingCursor Consolidate(IChannelProvider provider, DataViewRowCursor[] inputs)
    {
        provider.CheckParam(inputs.All(c => c.Schema == inputs[0].Schema
            && c.Schema.All(column => c.IsColumnActive(column) == inputs[0].IsColumnActive(column))),
            nameof(inputs), "Inputs not compatible for consolidation");
        var layout = new RowBatchLayout(inputs[0]);
        var queue = new BlockingCollection<RowBatch>(QueueBound);
        var order = new BatchOrder(inputs.Length);
        var done = false;
        var workers = inputs.Select((input, place) => Utils.RunOnBackgroundThreadAsync(() =>
        {
            Exception failure = null;
            try
            {
                using (input)
                {
                    var writer = layout.CreateWriter(input);
                    while (input.MoveNext() && !Volatile.Read(ref done))
                    {
                        var batch = input.Batch;
                        if (writer.Count > 0 && batch != order.Current(place))
                            Push(writer, place);
                        if (writer.Count == 0)
                            order.Begin(place, batch);
                        writer.AddRow();
                    }
                    if (writer.Count > 0)
                        Push(writer, place);
                }
            }
            catch (Exception exception)
            {
                failure = exception;
                queue.Add(new RowBatch(exception));
            }
            if (order.Retire(place) > 0)
                return;
            if (failure is null)
                queue.Add(null);
            queue.CompleteAdding();
        })).ToArray();

        void Push(RowBatchWriter writer, int place)
        {
            order.WaitForTurn(place);
            queue.Add(writer.Take(order.Current(place)));
        }

        return new BatchReadingCursor(provider, layout, queue, () =>
        {
            Volatile.Write(ref done, true);
            Drain(queue);
            Task.WaitAll(workers);
        });
    }

    private static void Drain(BlockingCollection<RowBatch> queue)
    {
        foreach (var _ in queue.GetConsumingEnumerable())
        {
        }
    }

    /// <summary>Lets the worker with the lowest batch number go first. A worker that has not begun yet holds up all others.</summary>
    private sealed class BatchOrder
    {
        private readonly long[] _current;
        private int _active;

        public BatchOrder(int workers)
        {
            _current = new long[workers];
            Array.Fill(_current, long.MinValue);
            _active = workers;
        }

        public long Current(int worker) => _current[worker];

        public void Begin(int worker, long batch) => Set(worker, batch);

        public void WaitForTurn(int worker)
        {
            lock (_current)
            {
                while (_current.Min() < _current[worker])
                    Monitor.Wait(_current);
            }
        }

        public int Retire(int worker)
        {
            Set(worker, long.MaxValue);
            return Interlocked.Decrement(ref _active);
        }

        private void Set(int worker, long batch)
        {
            lock (_current)
            {
                _current[worker] = batch;
                Monitor.PulseAll(_current);
            }
        }
    }
}
