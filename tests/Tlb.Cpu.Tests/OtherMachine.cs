namespace Tlb.Cpu.Tests;

/// <summary>256-bit lanes of a machine with few registers or many, for which some kernels have ways of their own: on any machine, if slower.</summary>
/// <typeparam name="TRegisters">How many it has.</typeparam>
internal unsafe struct OtherMachine<TRegisters> : ILanes<OtherMachine<TRegisters>>
    where TRegisters : struct, IRegisters
{
    private Lanes256 _value;

    private OtherMachine(Lanes256 value) => _value = value;

    public static int Count => Lanes256.Count;

    public static bool HasManyRegisters => TRegisters.AreMany;

    public static OtherMachine<TRegisters> Load(float* source) => new(Lanes256.Load(source));

    public static void Store(OtherMachine<TRegisters> value, float* target) => Lanes256.Store(value._value, target);

    public static OtherMachine<TRegisters> All(float value) => new(Lanes256.All(value));

    public static OtherMachine<TRegisters> operator +(OtherMachine<TRegisters> left, OtherMachine<TRegisters> right) => new(left._value + right._value);

    public static OtherMachine<TRegisters> operator -(OtherMachine<TRegisters> left, OtherMachine<TRegisters> right) => new(left._value - right._value);

    public static OtherMachine<TRegisters> operator *(OtherMachine<TRegisters> left, OtherMachine<TRegisters> right) => new(left._value * right._value);

    public static OtherMachine<TRegisters> operator /(OtherMachine<TRegisters> left, OtherMachine<TRegisters> right) => new(left._value / right._value);

    public static OtherMachine<TRegisters> MultiplyAdd(OtherMachine<TRegisters> left, OtherMachine<TRegisters> right, OtherMachine<TRegisters> addend) =>
        new(Lanes256.MultiplyAdd(left._value, right._value, addend._value));

    public static void Accumulate(ref OtherMachine<TRegisters> sum, OtherMachine<TRegisters> left, OtherMachine<TRegisters> right) =>
        Lanes256.Accumulate(ref sum._value, left._value, right._value);

    public static OtherMachine<TRegisters> Min(OtherMachine<TRegisters> left, OtherMachine<TRegisters> right) => new(Lanes256.Min(left._value, right._value));

    public static OtherMachine<TRegisters> Max(OtherMachine<TRegisters> left, OtherMachine<TRegisters> right) => new(Lanes256.Max(left._value, right._value));

    public static OtherMachine<TRegisters> Sqrt(OtherMachine<TRegisters> value) => new(Lanes256.Sqrt(value._value));

    public static OtherMachine<TRegisters> Exp(OtherMachine<TRegisters> value) => new(Lanes256.Exp(value._value));

    public static float Sum(OtherMachine<TRegisters> value) => Lanes256.Sum(value._value);

    public static OtherMachine<TRegisters> RandomMask(uint key, uint counter, uint threshold, float scale) =>
        new(Lanes256.RandomMask(key, counter, threshold, scale));
}
