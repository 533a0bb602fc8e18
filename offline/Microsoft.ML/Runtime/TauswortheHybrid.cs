using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// Three Tausworthe generators and a linear congruential one, combined. Only the members that ML.NET overrides draw
/// from it; the ones that Random gained later have a state of their own, as in the packages.
/// </summary>
internal sealed class TauswortheHybrid : Random
{
    private uint _first;
    private uint _second;
    private uint _third;
    private uint _linear;

    public TauswortheHybrid(State state) => (_first, _second, _third, _linear) = (state.U1, state.U2, state.U3, state.U4);

    public TauswortheHybrid(Random rng)
    {
        _first = DrawAtLeast128(rng);
        _second = DrawAtLeast128(rng);
        _third = DrawAtLeast128(rng);
        _linear = Draw(rng);
    }

    public new float NextSingle() => (Step() >> 9) * (1f / (1 << 23));

    public override double NextDouble() => Step() * (1.0 / (1L << 32));

    public override int Next()
    {
        var bits = Step();
        return (int)(bits + (bits & 0x80000000u));
    }

    public override int Next(int maxValue)
    {
        Contracts.CheckParam(maxValue >= 0, nameof(maxValue), "maxValue must be non-negative");
        return (int)(Step() * (ulong)maxValue >> 32);
    }

    public override int Next(int minValue, int maxValue)
    {
        Contracts.CheckParam(minValue <= maxValue, nameof(minValue), "minValue must be less than or equal to maxValue.");
        var range = (long)maxValue - minValue;
        return (int)((long)(NextDouble() * range) + minValue);
    }

    public override void NextBytes(byte[] buffer)
    {
        Contracts.CheckValue(buffer, nameof(buffer));
        for (var i = 0; i < buffer.Length; i++)
            buffer[i] = (byte)Next();
    }

    public int NextSigned() => (int)Step();

    private static uint Draw(Random rng) => (uint)rng.Next(0x10000) << 16 | (uint)rng.Next(0x10000);

    private static uint DrawAtLeast128(Random rng)
    {
        uint value;
        do
            value = Draw(rng);
        while (value < 128);
        return value;
    }

    private static uint Tausworthe(uint z, int up, int down, int shift, uint mask) => (z & mask) << shift ^ ((z << up ^ z) >> down);

    private uint Step()
    {
        _first = Tausworthe(_first, 13, 19, 12, ~1u);
        _second = Tausworthe(_second, 2, 25, 4, ~7u);
        _third = Tausworthe(_third, 3, 11, 17, ~15u);
        _linear = _linear * 1664525 + 1013904223;
        return _first ^ _second ^ _third ^ _linear;
    }

    /// <summary>Where a generator stands.</summary>
    public readonly struct State
    {
        public readonly uint U1;
        public readonly uint U2;
        public readonly uint U3;
        public readonly uint U4;

        public State(uint seed)
        {
            U1 = seed;
            U2 = Hashing.MurmurRound(U1, U1);
            U3 = Hashing.MurmurRound(U2, U1);
            U4 = Hashing.MurmurRound(U3, U1);
        }
    }
}
