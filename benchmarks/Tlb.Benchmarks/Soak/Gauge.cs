using System.Diagnostics;
using TorchSharp;

namespace Tlb.Benchmarks;

/// <summary>Something that must not grow, and how it is read between two rounds, when nothing runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">In what it is read.</param>
/// <param name="Read">Reads it.</param>
/// <param name="AllowedGrowth">The growth that is chance, of a level.</param>
/// <param name="Settling">The shortest soak whose readings say anything.</param>
internal sealed record Gauge(string Name, string Unit, Func<double> Read, Func<double, double> AllowedGrowth, TimeSpan Settling = default)
{
    private const double Megabyte = 1 << 20;

    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(2);

    /// <summary>All gauges of this process.</summary>
    public static IReadOnlyList<Gauge> All { get; } =
    [
        new("resident memory", "MB", () => Of(process => process.WorkingSet64) / Megabyte, level => Math.Max(8, 0.03 * level), // the allocators of C and .NET keep what was freed
            Settled),                                                        // until then code is compiled, and compiled again
        new("live objects", "MB", () => GC.GetTotalMemory(forceFullCollection: true) / Megabyte, level => Math.Max(0.5, 0.02 * level)), // caches of ML.NET, and the counts of this run
        new("open handles", "", OpenHandles, _ => 2),                        // of the runtime itself, such as of a timer
        new("threads", "", () => Of(process => process.Threads.Count) - ThreadPool.ThreadCount, _ => 12), // libtorch has a helper for each of eight that call it, and lets go of it when it likes; the runtime's own come and go
        new("threads of the pool", "", () => ThreadPool.ThreadCount, _ => 4, Settled), // which adds and retires them as it sees fit
        new("tensors of TorchSharp", "", () => torch.Tensor.TotalCount, _ => 0),
    ];

    /// <summary>Lets go of all that nobody holds.</summary>
    public static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        GC.Collect();
    }

    private static double OpenHandles() =>
        OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : Of(process => process.HandleCount);

    private static double Of(Func<Process, double> value)
    {
        using var process = Process.GetCurrentProcess();
        return value(process);
    }
}
