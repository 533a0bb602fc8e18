namespace Tlb.Core;

/// <summary>
/// Work that a thread of the pool does ahead of the time when it is needed. Where none has begun it by then, whoever needs it does it: so
/// it never waits for a busy pool.
/// </summary>
internal sealed class WorkAhead
{
    private readonly Lazy<bool> _work;
    private volatile bool _isUnwanted;

    private WorkAhead(Action work) => _work = new(() =>
    {
        if (!_isUnwanted)
            work();
        return true;
    });

    /// <summary>Offers work.</summary>
    public static WorkAhead Begin(Action work)
    {
        var ahead = new WorkAhead(work);
        PoolOffer.Make(ahead.WaitQuietly);
        return ahead;
    }

    /// <summary>Sees to it that the work is done; throws what it threw.</summary>
    public void Wait() => _ = _work.Value;

    /// <summary>Sees to it that the work is not done any more: waits for its end if it has begun, whatever that is, and else it never will.</summary>
    public void Drop()
    {
        _isUnwanted = true;
        WaitQuietly();
    }

    private void WaitQuietly()
    {
        try
        {
            Wait();
        }
        catch (Exception)                                                    // thrown to whoever needs the work
        {
        }
    }
}
