using System.Collections.Concurrent;

namespace Tlb.Cpu;

/// <summary>Workers for one kind of register that are free at the moment: as many as were ever used at once.</summary>
/// <typeparam name="T">A worker, with working memory of its own.</typeparam>
/// <param name="lanes">The lanes of the registers.</param>
/// <param name="factory">Makes a worker, when none is free.</param>
internal sealed class LanesPool<T>(int lanes, ILanesFactory<T> factory) : IDisposable where T : IDisposable
{
    private readonly ConcurrentBag<T> _free = [];

    /// <summary>The lanes of the registers.</summary>
    public int Lanes => lanes;

    /// <summary>A free worker, or a new one.</summary>
    public T Rent() => _free.TryTake(out var worker) ? worker : Registers.Create(lanes, factory);

    /// <summary>Gives a worker back.</summary>
    public void Return(T worker) => _free.Add(worker);

    public void Dispose()
    {
        foreach (var worker in _free)
            worker.Dispose();
    }
}
