namespace Tlb.Cpu.Tests;

/// <summary>256-bit lanes of a machine with 32 registers, for which some kernels have a way of their own: on any machine, if slower.</summary>
internal unsafe struct ManyRegisters : ILanes<ManyRegisters>
{
    private Lanes256 _value;

    private ManyRegisters(Lanes256 value) => _value = value;

    public static int Count => Lanes256.Count;

    public static bool HasManyRegisters => true;

    public static ManyRegisters Load(float* source) => new(Lanes256.Load(source));

    public static void Store(ManyRegisters value, float* target) => Lanes256.Store(value._value, target);

    public static ManyRegisters All(float value) => new(Lanes256.All(value));

    public static ManyRegisters operator +(ManyRegisters left, ManyRegisters right) => new(left._value + right._value);

    public static ManyRegisters operator -(ManyRegisters left, ManyRegisters right) => new(left._value - right._value);

    public static ManyRegisters operator *(ManyRegisters left, ManyRegisters right) => new(left._value * right._value);

    public static ManyRegisters operator /(ManyRegisters left, ManyRegisters right) => new(left._value / right._value);

    public static ManyRegisters MultiplyAdd(ManyRegisters left, ManyRegisters right, ManyRegisters addend) =>
        new(Lanes256.MultiplyAdd(left._value, right._value, addend._value));

    public static void Accumulate(ref ManyRegisters sum, ManyRegisters left, ManyRegisters right) =>
        Lanes256.Accumulate(ref sum._value, left._value, right._value);

    public static ManyRegisters Min(ManyRegisters left, ManyRegisters right) => new(Lanes256.Min(left._value, right._value));

    public static ManyRegisters Max(ManyRegisters left, ManyRegisters right) => new(Lanes256.Max(left._value, right._value));

    public static ManyRegisters Sqrt(ManyRegisters value) => new(Lanes256.Sqrt(value._value));

    public static ManyRegisters Exp(ManyRegisters value) => new(Lanes256.Exp(value._value));

    public static float Sum(ManyRegisters value) => Lanes256.Sum(value._value);

    public static ManyRegisters RandomMask(uint key, uint counter, uint threshold, float scale) =>
        new(Lanes256.RandomMask(key, counter, threshold, scale));
}
