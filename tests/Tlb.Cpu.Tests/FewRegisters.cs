namespace Tlb.Cpu.Tests;

/// <summary>256-bit lanes of a machine with only 16 registers, for which some kernels have a way of their own: on any machine.</summary>
internal unsafe struct FewRegisters : ILanes<FewRegisters>
{
    private Lanes256 _value;

    private FewRegisters(Lanes256 value) => _value = value;

    public static int Count => Lanes256.Count;

    public static bool HasManyRegisters => false;

    public static FewRegisters Load(float* source) => new(Lanes256.Load(source));

    public static void Store(FewRegisters value, float* target) => Lanes256.Store(value._value, target);

    public static FewRegisters All(float value) => new(Lanes256.All(value));

    public static FewRegisters operator +(FewRegisters left, FewRegisters right) => new(left._value + right._value);

    public static FewRegisters operator -(FewRegisters left, FewRegisters right) => new(left._value - right._value);

    public static FewRegisters operator *(FewRegisters left, FewRegisters right) => new(left._value * right._value);

    public static FewRegisters operator /(FewRegisters left, FewRegisters right) => new(left._value / right._value);

    public static FewRegisters MultiplyAdd(FewRegisters left, FewRegisters right, FewRegisters addend) =>
        new(Lanes256.MultiplyAdd(left._value, right._value, addend._value));

    public static void Accumulate(ref FewRegisters sum, FewRegisters left, FewRegisters right) =>
        Lanes256.Accumulate(ref sum._value, left._value, right._value);

    public static FewRegisters Min(FewRegisters left, FewRegisters right) => new(Lanes256.Min(left._value, right._value));

    public static FewRegisters Max(FewRegisters left, FewRegisters right) => new(Lanes256.Max(left._value, right._value));

    public static FewRegisters Sqrt(FewRegisters value) => new(Lanes256.Sqrt(value._value));

    public static FewRegisters Exp(FewRegisters value) => new(Lanes256.Exp(value._value));

    public static float Sum(FewRegisters value) => Lanes256.Sum(value._value);

    public static FewRegisters RandomMask(uint key, uint counter, uint threshold, float scale) =>
        new(Lanes256.RandomMask(key, counter, threshold, scale));
}
