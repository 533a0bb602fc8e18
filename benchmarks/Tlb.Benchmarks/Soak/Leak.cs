using TorchSharp;

namespace Tlb.Benchmarks;

/// <summary>Leaks on purpose, to see that a soak finds such a leak.</summary>
internal static class Leak
{
    private static readonly List<object> Kept = [];

    /// <summary>What can be leaked, a little by each piece of work.</summary>
    public static IReadOnlyDictionary<string, Action> Kinds { get; } = new Dictionary<string, Action>
    {
        ["nothing"] = () => { },
        ["objects"] = () => Keep(new byte[20_000]),
        ["memory"] = () => Fill(System.Runtime.InteropServices.Marshal.AllocHGlobal(200_000), 200_000),
        ["handles"] = () => Keep(File.OpenRead(typeof(Leak).Assembly.Location)),
        ["threads"] = () =>
        {
            var thread = new Thread(() => Thread.Sleep(Timeout.Infinite), 1 << 18) { IsBackground = true };
            thread.Start();
        },
        ["tensors"] = () => Keep(torch.zeros(1)),
    };

    private static void Keep(object thing)
    {
        lock (Kept)
            Kept.Add(thing);
    }

    /// <summary>Memory that was never written to is not resident.</summary>
    private static unsafe void Fill(nint pointer, int bytes) => new Span<byte>((void*)pointer, bytes).Fill(1);
}
