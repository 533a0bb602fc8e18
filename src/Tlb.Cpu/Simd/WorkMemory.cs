namespace Tlb.Cpu;

/// <summary>The arrays of one thread's work, freed together.</summary>
internal sealed unsafe class WorkMemory : IDisposable
{
    private readonly List<AlignedFloats> _arrays = [];

    /// <summary>Allocates an array of zeros, aligned to a cache line.</summary>
    public float* Allocate(long count)
    {
        var array = new AlignedFloats(count);
        _arrays.Add(array);
        return array.Pointer;
    }

    public void Dispose() => _arrays.ForEach(array => array.Dispose());
}
