namespace Tlb.Core;

/// <summary>Offers work to the thread pool. A busy pool takes it late or never: nobody may wait for that.</summary>
internal static class PoolOffer
{
    /// <summary>The most offers that wait at once: where the pool takes none, they must not pile up.</summary>
    private static readonly int Most = 16 * Environment.ProcessorCount;

    private static int _waiting;

    /// <summary>Makes an offer.</summary>
    /// <param name="work">The work; it throws nothing.</param>
    public static void Make(Action work)
    {
        if (Interlocked.Increment(ref _waiting) > Most)
        {
            Interlocked.Decrement(ref _waiting);
            return;
        }
        ThreadPool.QueueUserWorkItem(
            static work =>
            {
                Interlocked.Decrement(ref _waiting);
                work();
            },
            work, preferLocal: true);
    }
}
