using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tlb.Cpu;

namespace Tlb.Fuzz;

/// <summary>Arrays that begin or end, in turn, where a page begins that can't be touched. Linux only.</summary>
internal sealed unsafe partial class GuardedMemory : IGuardedMemory
{
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private static readonly nuint Page = (nuint)Environment.SystemPageSize;

    private const int MostLive = 15_000;                                     // a process may have 65,530 pieces of memory; an array takes up to three

    private readonly ConcurrentDictionary<nint, byte> _unguarded = [];
    private long _count;
    private int _live;

    /// <summary>Whether this system has such pages.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Whether the next array begins at a guard, and not ends at one. Every array changes sides from one run to the next.</summary>
    public bool BeginsAtGuard { get; set; }

    /// <summary>The arrays taken so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    public void* Allocate(nuint bytes)
    {
        if (Interlocked.Increment(ref _live) > MostLive)
        {
            var plain = NativeMemory.Alloc(bytes);
            _unguarded[(nint)plain] = 0;
            return plain;
        }
        var inner = InnerPages(bytes);
        var start = Map(null, inner + 2 * Page, None, PrivateAnonymous, -1, 0);
        if ((nint)start == -1 || Protect(start + Page, inner, ReadWrite) != 0)
            throw new InsufficientMemoryException($"No guarded memory: error {Marshal.GetLastPInvokeError()}.");
        Interlocked.Increment(ref _count);
        return start + Page + (BeginsAtGuard ? 0 : inner - bytes);           // to the float: kernels ask for no alignment
    }

    public void Free(void* memory, nuint bytes)
    {
        Interlocked.Decrement(ref _live);
        if (_unguarded.TryRemove((nint)memory, out _))
        {
            NativeMemory.Free(memory);
            return;
        }
        var inside = (byte*)((nuint)memory / Page * Page);                   // the first page: an array that ends at a guard begins in it
        if (Unmap(inside - Page, InnerPages(bytes) + 2 * Page) != 0)
            throw new InvalidOperationException($"Guarded memory can't be given back: error {Marshal.GetLastPInvokeError()}.");
    }

    private static nuint InnerPages(nuint bytes) => (bytes + Page - 1) / Page * Page;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(byte* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(byte* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(byte* address, nuint length);
}
