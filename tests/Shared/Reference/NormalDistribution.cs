namespace Tlb.Tests;

/// <summary>The standard normal distribution, to the rounding of double precision.</summary>
internal static class NormalDistribution
{
    /// <summary>The share below x, (1 + erf(x / sqrt(2))) / 2: the series x + x^3 / 3 + x^5 / (3 x 5) + ... times the density. GELU(x) is x times it.</summary>
    public static double ShareBelow(double x)
    {
        if (Math.Abs(x) > 9)
            return x > 0 ? 1 : 0;                                            // to 1e-19
        double term = x, sum = x;
        for (var k = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); k += 2)
            sum += term *= x * x / k;
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }
}
