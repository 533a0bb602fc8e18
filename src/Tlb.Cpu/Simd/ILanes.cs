namespace Tlb.Cpu;

/// <summary>A vector register of floats: kernels are written once over this, and compiled for each width.</summary>
/// <remarks>What the lanes stand for is the caller's: mostly images of a tile side by side, so that no kernel ever adds across lanes.</remarks>
internal unsafe interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>The floats in a register.</summary>
    static abstract int Count { get; }

    /// <summary>Whether there are 32 registers, not 16: then kernels keep 16 sums at once, else 8.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract TSelf Load(float* source);

    static abstract void Store(TSelf value, float* target);

    /// <summary>The same number in all lanes.</summary>
    static abstract TSelf All(float value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>left x right + addend, rounded once where the machine can.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>sum += left x right, in the register of the sum.</summary>
    static abstract void Accumulate(ref TSelf sum, TSelf left, TSelf right);

    static abstract TSelf Min(TSelf left, TSelf right);

    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Exp(TSelf value);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>
    /// For each lane, <paramref name="scale"/> or 0: 0 with the probability <paramref name="threshold"/> / 2^32, decided by a hash of
    /// <paramref name="key"/> and <paramref name="counter"/> + lane.
    /// </summary>
    static abstract TSelf RandomMask(uint key, uint counter, uint threshold, float scale);
}
