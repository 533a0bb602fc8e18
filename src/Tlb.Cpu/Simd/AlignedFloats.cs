using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Floats in native memory, aligned to a cache line, all zero at first. The kernels' working memory.</summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private const int CacheLine = 64;

    /// <summary>Allocates memory.</summary>
    /// <param name="count">The floats.</param>
    public AlignedFloats(long count)
    {
        Count = count;
        Pointer = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, count) * sizeof(float), CacheLine);
        NativeMemory.Clear(Pointer, (nuint)count * sizeof(float));
        GC.AddMemoryPressure(Math.Max(1, count) * sizeof(float));
    }

    ~AlignedFloats() => Free();

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
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.RemoveMemoryPressure(Math.Max(1, Count) * sizeof(float));
    }
}
