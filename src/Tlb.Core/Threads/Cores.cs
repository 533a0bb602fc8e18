using System.Runtime.ExceptionServices;

namespace Tlb.Core;

/// <summary>Spreads work over the processor's cores.</summary>
/// <remarks>
/// Threads of the pool help where they are free. Whoever calls does what they leave, and waits for those only that have begun to help: so
/// work gets done where the whole pool is busy, or waits for this very work. (<see cref="Parallel"/> has a task in the pool's queue and
/// waits for it: called by any thread but the pool's, it stands still until the pool has a free one.)
/// </remarks>
internal static class Cores
{
    /// <summary>The threads that work is spread over: one for each core of this process, or its share where others train with it on this machine.</summary>
    public static int Count { get; set; } = Environment.ProcessorCount;

    /// <summary>Does something for each number from 0, in any order, on a thread per core at most.</summary>
    /// <param name="count">The numbers.</param>
    /// <param name="body">What to do. What it throws first ends the rest early and is thrown on.</param>
    /// <param name="most">The most threads, such as <see cref="Within"/> gives; null for one for each core.</param>
    public static void For(int count, Action<int> body, int? most = null)
    {
        if (count == 1)
            body(0);
        else if (count > 1)
            new Loop(count, body).Run(Math.Min(count, most ?? Count));
    }

    /// <summary>A thread for each core, or fewer: as many as there is memory for, and at least one.</summary>
    /// <param name="memory">The bytes there are.</param>
    /// <param name="perThread">The bytes that each takes.</param>
    public static int Within(long memory, long perThread) => (int)Math.Clamp(memory / perThread, 1, Count);

    /// <summary>Does something for each item, likewise.</summary>
    public static void ForEach<T>(IReadOnlyList<T> items, Action<T> body) => For(items.Count, i => body(items[i]));

    private sealed class Loop(int count, Action<int> body)
    {
        private readonly object _gate = new();
        private Action<int>? _body = body;                                   // null once all is over: an offer that is taken late holds nothing
        private long _next = -1;                                             // goes past the end, on each thread
        private int _helpers;
        private ExceptionDispatchInfo? _error;

        public void Run(int threads)
        {
            for (var others = threads - 1; others > 0; others--)
                PoolOffer.Make(Help);
            Work(_body!);
            for (var spin = default(SpinWait); Volatile.Read(ref _helpers) > 0 && !spin.NextSpinWillYield;)
                spin.SpinOnce();                                             // they are at their last number: mostly that is soon done
            lock (_gate)
            {
                _body = null;
                while (_helpers > 0)
                    Monitor.Wait(_gate);
            }
            _error?.Throw();
        }

        private void Help()
        {
            Action<int> body;
            lock (_gate)
            {
                if (_body is null)
                    return;
                (body, _helpers) = (_body, _helpers + 1);
            }
            Work(body);
            lock (_gate)
                if (--_helpers == 0)
                    Monitor.Pulse(_gate);
        }

        private void Work(Action<int> body)
        {
            try
            {
                for (long i; (i = Interlocked.Increment(ref _next)) < count;)
                    body((int)i);
            }
            catch (Exception e)                                              // thrown to whoever began the loop
            {
                Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
                Interlocked.Exchange(ref _next, count);
            }
        }
    }
}
