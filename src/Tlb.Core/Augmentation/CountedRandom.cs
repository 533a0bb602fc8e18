namespace Tlb.Core;

/// <summary>Random numbers that depend on nothing but what they are for: SplitMix64, begun at a hash of seed, epoch and position.</summary>
internal struct CountedRandom
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state;

    public CountedRandom(int seed, int epoch, long position) =>
        _state = Mix(Mix(Mix(unchecked((uint)seed)) + unchecked((uint)epoch)) + unchecked((ulong)position));

    /// <summary>0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Whether something happens that has a probability.</summary>
    public bool Chance(float probability) => NextDouble() < probability;

    /// <summary>A number between two, evenly.</summary>
    public float Between(float low, float high) => (float)(low + (high - low) * NextDouble());

    /// <summary>A number between two above 0 whose logarithm is spread evenly.</summary>
    public double BetweenLogarithms(float low, float high) => Math.Exp(Math.Log(low) + (Math.Log(high) - Math.Log(low)) * NextDouble());

    /// <summary>A whole number from 0 to below a limit of 1 or more.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A number of the distribution Beta(alpha, alpha), for alpha above 0.</summary>
    public double Beta(double alpha)
    {
        var (one, other) = (LogarithmOfGamma(alpha), LogarithmOfGamma(alpha));
        return 1 / (1 + Math.Exp(other - one));                              // of logarithms: for a small alpha both numbers may be too small for a double
    }

    /// <summary>The logarithm of a number of the distribution Gamma(shape, 1) (Marsaglia and Tsang, 2000).</summary>
    private double LogarithmOfGamma(double shape)
    {
        if (shape < 1)
            return LogarithmOfGamma(shape + 1) + Math.Log(1 - NextDouble()) / shape;
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());
            var root = 1 + c * normal;
            if (root <= 0)
                continue;
            var v = root * root * root;
            if (Math.Log(1 - NextDouble()) < 0.5 * normal * normal + d * (1 - v + Math.Log(v)))
                return Math.Log(d * v);
        }
    }

    private ulong Next() => Mix(unchecked(_state += Increment));

    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
