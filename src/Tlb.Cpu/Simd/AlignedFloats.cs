using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Floats in native memory, aligned to a cache line, all zero at first. The kernels' working memory.</summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private const int CacheLine = 64;

    private readonly IGuardedMemory? _guarded = Guard;

    /// <summary>Allocates memory.</summary>
    /// <param name="count">The floats, 0 or more.</param>
    public AlignedFloats(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        var bytes = Bytes;
        Pointer = (float*)(_guarded is null ? NativeMemory.AlignedAlloc(bytes, CacheLine) : _guarded.Allocate(bytes));
        NativeMemory.Clear(Pointer, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    ~AlignedFloats() => Free();

    /// <summary>Where arrays are taken from in tests that look for kernels that leave theirs; null for the usual memory.</summary>
    internal static IGuardedMemory? Guard { get; set; }

    public long Count { get; }

    public float* Pointer { get; private set; }

    public Span<float> Span => new(Pointer, checked((int)Count));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer is null)
            return;
        if (_guarded is null)
            NativeMemory.AlignedFree(Pointer);
        else
            _guarded.Free(Pointer, Bytes);
        Pointer = null;
        GC.RemoveMemoryPressure((long)Bytes);
    }

    private nuint Bytes => checked((nuint)Math.Max(1, Count) * sizeof(float));
}
