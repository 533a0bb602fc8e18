namespace Tlb.Tests;

/// <summary>Compares arrays of numbers.</summary>
internal static class Close
{
    /// <summary>Fails unless the largest difference is at most <paramref name="tolerance"/>.</summary>
    public static void Absolute(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what = "values") =>
        Check(expected, actual, tolerance, scale: 1, what);

    /// <summary>Fails unless the largest difference is at most <paramref name="tolerance"/> of the largest expected magnitude.</summary>
    public static void Relative(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what = "values")
    {
        double scale = 0;
        foreach (var value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        Check(expected, actual, tolerance, scale, what);
    }

    /// <summary>The same in double precision: fails unless the largest difference is at most <paramref name="tolerance"/> of the largest expected magnitude.</summary>
    public static void Relative(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, string what = "values")
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = 0;
        foreach (var value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * scale))
                Assert.Fail($"{what}[{i}]: expected {expected[i]}, got {actual[i]}; they may differ by {tolerance * scale}.");
    }

    private static void Check(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, double scale, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs((double)expected[i] - actual[i]) <= tolerance * scale))
                Assert.Fail($"{what}[{i}]: expected {expected[i]}, got {actual[i]}; they may differ by {tolerance * scale}.");
    }
}
