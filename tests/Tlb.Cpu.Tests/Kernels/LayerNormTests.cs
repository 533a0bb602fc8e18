namespace Tlb.Cpu.Tests;

public sealed unsafe class LayerNormTests
{
    public static TheoryData<string> Widths => KernelSet.Names;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Forward_brings_mean_and_variance_to_0_and_1(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var features in new[] { 1, 3, 4, 12, 37, 64 })
        {
            using var memory = new TestMemory(features);
            var (lanes, columns, stride) = (kernels.Lanes, 3, (features + 1) * kernels.Lanes);
            var x = memory.RandomColumns(columns, features * lanes, stride);
            for (var f = 0; f < features * lanes; f++)
                x[f] = 2e-3f * x[f] + 1;                                     // a variance that epsilon matters to, and a mean that is large beside it
            float* normed = memory.Allocate(columns * stride), inverse = memory.Allocate(columns * lanes), alone = memory.Allocate(columns * stride);
            kernels.LayerNorm(x, normed, inverse, features, stride, columns);
            kernels.LayerNorm(x, alone, null, features, stride, columns);
            for (var c = 0; c < columns; c++)
                for (var lane = 0; lane < lanes; lane++)
                {
                    var column = Values(x + c * stride + lane, features, lanes);
                    var (expected, scale) = Plain(column);
                    // The mean and each difference from it are rounded to the magnitude of x, once per feature at most, and then scaled.
                    var bound = (features + 4) * Sum.Rounding * scale * column.Max(Math.Abs);
                    var relative = (features + 4) * Sum.Rounding + bound * bound;
                    Assert.InRange(inverse[c * lanes + lane], scale * (1 - relative), scale * (1 + relative));
                    for (var f = 0; f < features; f++)
                    {
                        var at = c * stride + f * lanes + lane;
                        Assert.True(Math.Abs(normed[at] - expected[f]) <= bound + 2 * relative * Math.Abs(expected[f]), $"{features} features: expected {expected[f]}, got {normed[at]}");
                        Assert.Equal(normed[at], alone[at]);
                    }
                    Assert.True(TestMemory.IsUntouched(normed + c * stride + features * lanes + lane));
                }
        }
    }

    /// <summary>Against differences of the formula in double precision.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Backward_adds_the_slopes_of_forward(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var features in new[] { 1, 2, 5, 12 })
        {
            using var memory = new TestMemory(features);
            var (lanes, columns, stride) = (kernels.Lanes, 2, (features + 1) * kernels.Lanes);
            var x = memory.RandomColumns(columns, features * lanes, stride);
            float* gradient = memory.RandomColumns(columns, features * lanes, stride), target = memory.RandomColumns(columns, features * lanes, stride);
            float* before = memory.Copy(target, columns * stride), normed = memory.Allocate(columns * stride), inverse = memory.Allocate(columns * lanes);
            kernels.LayerNorm(x, normed, inverse, features, stride, columns);
            kernels.LayerNormBackward(normed, inverse, gradient, target, features, stride, columns);
            for (var c = 0; c < columns; c++)
                for (var lane = 0; lane < lanes; lane++)
                {
                    var column = Values(x + c * stride + lane, features, lanes);
                    var weights = Values(gradient + c * stride + lane, features, lanes);
                    var scale = Plain(column).Scale;
                    for (var f = 0; f < features; f++)
                    {
                        var slope = Slope.Of(column, f, values => Plain(values).Normed.Zip(weights, (n, g) => n * g).Sum());
                        var at = c * stride + f * lanes + lane;
                        // Sums of products of numbers up to sqrt(features) and 1, rounded at each step, then scaled.
                        var bound = (features + 8) * Sum.Rounding * (1 + scale * features) + Slope.Error * scale;
                        Assert.True(Math.Abs(target[at] - before[at] - slope) <= bound, $"{features} features: expected {slope}, got {target[at] - before[at]}, within {bound}");
                    }
                }
        }
    }

    private static (double[] Normed, double Scale) Plain(double[] x)
    {
        var mean = x.Average();
        var scale = 1 / Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + TlbConfig.LayerNormEpsilon);
        return ([.. x.Select(value => (value - mean) * scale)], scale);
    }

    private static double[] Values(float* first, int count, int stride)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = first[i * stride];
        return values;
    }
}
