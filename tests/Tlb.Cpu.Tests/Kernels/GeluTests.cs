using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed unsafe class GeluTests
{
    public static TheoryData<string> Widths => KernelSet.Names;

    /// <summary>Within what <see cref="Gelu"/> promises: 6e-7 of max(1, |x|) for the value, 2e-6 for the derivative.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Value_and_derivative_are_exact_to_the_promise(string width)
    {
        var kernels = KernelSet.Of(width);
        const int Steps = 1 << 15;
        using var memory = new TestMemory(1);
        float[] far = [-1e6f, -100, -20, 20, 100, 1e6f, -float.Epsilon, float.Epsilon];
        var count = (Steps + far.Length + 4 * kernels.Lanes - 1) / (4 * kernels.Lanes) * 4;          // registers, a multiple of four
        var values = new float[count * kernels.Lanes];
        for (var i = 0; i < Steps; i++)
            values[i] = 20f * i / Steps - 10;
        far.CopyTo(values, Steps);

        float* x = memory.Allocate(values.Length), y = memory.Allocate(values.Length), gradient = memory.Allocate(values.Length);
        values.CopyTo(new Span<float>(x, values.Length));
        new Span<float>(gradient, values.Length).Fill(-3);
        kernels.Gelu(x, y, count);
        kernels.GeluBackward(x, gradient, count);
        for (var i = 0; i < values.Length; i++)
        {
            double at = values[i], phi = NormalDistribution.ShareBelow(at);
            var size = Math.Max(1, Math.Abs(at));
            Assert.True(Math.Abs(at * phi - y[i]) <= 6e-7 * size, $"GELU({at}) is {at * phi}, got {y[i]}");
            Assert.Equal(y[i], x[i]);                                        // the backward pass leaves the value
            var derivative = phi + at * Math.Exp(-at * at / 2) / Math.Sqrt(2 * Math.PI);
            Assert.True(Math.Abs(-3 * derivative - gradient[i]) <= 3 * 2e-6, $"GELU'({at}) is {derivative}, got {gradient[i] / -3}");
        }
    }

    /// <summary>Training that diverges must show it.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Not_a_number_stays_one(string width)
    {
        var kernels = KernelSet.Of(width);
        using var memory = new TestMemory(1);
        var x = memory.Allocate(4 * kernels.Lanes);
        kernels.Gelu(x, x, 4);
        for (var i = 0; i < 4 * kernels.Lanes; i++)
            Assert.True(float.IsNaN(x[i]));
    }
}
