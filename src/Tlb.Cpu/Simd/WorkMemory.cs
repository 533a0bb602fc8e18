namespace Tlb.Cpu;

/// <summary>The arrays of one thread's work, freed together.</summary>
internal sealed unsafe class WorkMemory : IDisposable
{
    private readonly List<AlignedFloats> _arrays = [];

    /// <summary>The floats of all arrays: as many as <see cref="TileShape"/> says before any is taken.</summary>
    public long Count { get; private set; }

    /// <summary>Allocates an array of zeros, aligned to a cache line.</summary>
    public float* Allocate(long count)
    {
        var array = new AlignedFloats(count);
        _arrays.Add(array);
        Count += count;
        return array.Pointer;
    }

    /// <summary>Allocates columns of zeros.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="stride">The floats of each.</param>
    public float* Allocate(int columns, int stride) => Allocate(checked(columns * (long)stride));

    public void Dispose() => _arrays.ForEach(array => array.Dispose());
}
