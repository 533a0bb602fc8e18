using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How far the columns that are read together have come.</summary>
internal sealed class CacheFill
{
    private readonly object _gate = new();
    private long _rows;
    private Exception _failure;

    public bool IsComplete
    {
        get
        {
            lock (_gate)
                return _rows == long.MaxValue;
        }
    }

    public void Advance() => Set(_rows + 1, null);

    public void Complete() => Set(long.MaxValue, null);

    public void Fail(Exception exception) => Set(_rows, exception);

    /// <summary>Returns when the row is there, or when there will be no more.</summary>
    public void Wait(long row)
    {
        lock (_gate)
        {
            while (_failure is null && _rows <= row && _rows < long.MaxValue)
                Monitor.Wait(_gate);
            if (_failure is not null)
                throw Contracts.Except(_failure, "Event we were waiting on was subject to an exception");
        }
    }

    private void Set(long rows, Exception failure)
    {
        lock (_gate)
        {
            _rows = rows;
            _failure = failure;
            Monitor.PulseAll(_gate);
        }
    }
}
