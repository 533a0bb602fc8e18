namespace Tlb.Cpu.Tests;

/// <summary>Arrays for a kernel. Where nothing was put they hold NaN, and around them lies memory that must stay as it is.</summary>
/// <remarks>So a kernel that reads what it should not spoils its result, and one that writes beyond its array is found out.</remarks>
internal sealed unsafe class TestMemory(int seed) : IDisposable
{
    private const int Guard = 64;
    private const int NotANumber = 0x7FC0BEEF;

    private readonly Random _random = new(seed);
    private readonly List<AlignedFloats> _arrays = [];

    /// <summary>An array of NaN.</summary>
    public float* Allocate(int count)
    {
        var array = new AlignedFloats(count + 2 * Guard);
        array.Span.Fill(BitConverter.Int32BitsToSingle(NotANumber));
        _arrays.Add(array);
        return array.Pointer + Guard;
    }

    /// <summary>An array of numbers between -1 and 1.</summary>
    public float* Random(int count) => RandomColumns(1, count, count);

    /// <summary>Columns of numbers between -1 and 1; the rest of each is NaN.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="count">The numbers of a column.</param>
    /// <param name="stride">The floats from one column to the next.</param>
    public float* RandomColumns(int columns, int count, int stride)
    {
        var pointer = Allocate(columns * stride);
        for (var column = 0; column < columns; column++)
            foreach (ref var value in new Span<float>(pointer + column * stride, count))
                value = 2 * _random.NextSingle() - 1;
        return pointer;
    }

    /// <summary>Random numbers for weights.</summary>
    public float[] Values(int count) => new Span<float>(Random(count), count).ToArray();

    /// <summary>A copy of an array.</summary>
    public float* Copy(float* source, int count)
    {
        var pointer = Allocate(count);
        new Span<float>(source, count).CopyTo(new(pointer, count));
        return pointer;
    }

    /// <summary>Whether nothing was ever put here.</summary>
    public static bool IsUntouched(float* pointer) => BitConverter.SingleToInt32Bits(*pointer) == NotANumber;

    public void Dispose()
    {
        foreach (var array in _arrays)
        {
            for (var i = 0; i < Guard; i++)
                Assert.True(
                    IsUntouched(array.Pointer + i) && IsUntouched(array.Pointer + array.Count - 1 - i), "A kernel wrote beyond its array.");
            array.Dispose();
        }
    }
}
