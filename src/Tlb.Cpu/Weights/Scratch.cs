using System.Buffers;

namespace Tlb.Cpu;

/// <summary>Floats for the moment of a folding, all zero at first. Weights are folded at every step: new arrays each time would be gigabytes of garbage in an epoch.</summary>
/// <param name="count">The floats.</param>
internal sealed class Scratch(int count) : IDisposable
{
    private readonly float[] _array = Rent(count);

    public int Length => count;

    public ref float this[int index] => ref AsSpan()[index];

    public static implicit operator Span<float>(Scratch scratch) => scratch.AsSpan();

    public static implicit operator ReadOnlySpan<float>(Scratch scratch) => scratch.AsSpan();

    public Span<float> AsSpan() => _array.AsSpan(0, count);

    public Span<float> AsSpan(int start, int length) => AsSpan().Slice(start, length);

    public void Dispose() => ArrayPool<float>.Shared.Return(_array);

    private static float[] Rent(int count)
    {
        var array = ArrayPool<float>.Shared.Rent(count);
        array.AsSpan(0, count).Clear();
        return array;
    }
}
