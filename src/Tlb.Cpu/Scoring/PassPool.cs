using System.Collections.Concurrent;

namespace Tlb.Cpu;

/// <summary>Passes that are free at the moment: as many as were ever used at once.</summary>
/// <param name="create">Makes one, when none is free.</param>
internal sealed class PassPool(Func<IScoringPass> create) : IDisposable
{
    private readonly ConcurrentBag<IScoringPass> _free = [];

    /// <summary>Takes a pass.</summary>
    public IScoringPass Take() => _free.TryTake(out var pass) ? pass : create();

    /// <summary>Gives a pass back.</summary>
    public void Return(IScoringPass pass) => _free.Add(pass);

    public void Dispose()
    {
        foreach (var pass in _free)
            pass.Dispose();
    }
}
