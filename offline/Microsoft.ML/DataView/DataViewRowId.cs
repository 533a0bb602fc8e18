using System.Numerics;

namespace Microsoft.ML.Data;

/// <summary>The 128-bit identity of a row: the unmixed state of a Murmur3 hash.</summary>
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    private const ulong FirstFactor = 0x87c37b91114253d5;
    private const ulong SecondFactor = 0x4cf5ad432745937f;

    public readonly ulong Low;
    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high)
    {
        Low = low;
        High = high;
    }

    /// <summary>The state after a block whose first word is one and whose second is zero.</summary>
    public DataViewRowId Fork()
    {
        // The rotation of the first word comes before the new block is mixed in, unlike in Combine.
        var next = Next();
        return new DataViewRowId(next.Low ^ BitOperations.RotateLeft(FirstFactor, 31) * SecondFactor, next.High);
    }

    /// <summary>The state after a block of zeros.</summary>
    public DataViewRowId Next() => Advance(Low, High, 0);

    /// <summary>The state after hashing the fork of another identity.</summary>
    public DataViewRowId Combine(DataViewRowId other)
    {
        var block = other.Fork();
        var first = BitOperations.RotateLeft(block.Low * FirstFactor, 31) * SecondFactor;
        var second = BitOperations.RotateLeft(block.High * SecondFactor, 33) * FirstFactor;
        return Advance(Low ^ first, High, second);
    }

    public int CompareTo(DataViewRowId other) => (High, Low).CompareTo((other.High, other.Low));

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() =>
        (int)((uint)Low ^ (uint)(Low >> 32) ^ (uint)(High << 7) ^ (uint)(High >> 57) ^ (uint)(High >> 25));

    public override string ToString() => $"{High:x16}{Low:x16}";

    private static DataViewRowId Advance(ulong low, ulong high, ulong secondWord)
    {
        low = (BitOperations.RotateLeft(low, 27) + high) * 5 + 0x52dce729;
        high = (BitOperations.RotateLeft(high ^ secondWord, 31) + low) * 5 + 0x38495ab5;
        return new DataViewRowId(low, high);
    }
}
