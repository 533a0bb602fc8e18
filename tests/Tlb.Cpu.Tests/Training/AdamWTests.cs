using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed class AdamWTests
{
    /// <summary>Six steps on a kernel, a bias and a norm: all of them decay. Their sizes fill no register.</summary>
    [Theory]
    [InlineData("kernel")]
    [InlineData("bias")]
    [InlineData("gamma")]
    public void Steps_are_Kerass(string name)
    {
        var golden = Golden.Read("adamw_unit");
        var weights = golden.Values($"w0.{name}");
        var optimizer = new AdamW(weights.Length, weightDecay: 0.05f, decayed: [Range.All]);
        var step = 0;
        for (; golden.Tensors.ContainsKey($"g{step}.{name}"); step++)
        {
            optimizer.Step(weights, golden.Values($"g{step}.{name}"), learningRate: 0.01f);
            Close.Absolute(golden.Values($"w{step + 1}.{name}"), weights, 1e-6, $"{name} after step {step + 1}");
        }
        Assert.Equal(6, step);
    }

    /// <summary>Weights beside each other do not touch: whole registers and the rest are updated alike.</summary>
    [Fact]
    public void A_weight_moves_the_same_wherever_it_lies()
    {
        float[] weights = [.. Enumerable.Repeat(0.5f, 37)];
        var optimizer = new AdamW(weights.Length, weightDecay: 0.1f, decayed: [Range.All]);
        foreach (var gradient in new[] { 0.3f, -2, 1e-9f })
        {
            optimizer.Step(weights, [.. Enumerable.Repeat(gradient, 37)], learningRate: 0.1f);
            Assert.All(weights, value => Assert.Equal(weights[0], value));
        }
        Assert.NotEqual(0.5f, weights[0]);
    }

    [Fact]
    public void Only_what_is_named_decays()
    {
        float[] weights = [.. Enumerable.Repeat(1f, 37)], gradient = new float[37];
        new AdamW(weights.Length, weightDecay: 0.5f, decayed: [3..5, 10..30]).Step(weights, gradient, learningRate: 0.5f);
        Assert.Equal(Enumerable.Range(0, 37).Select(i => i is 3 or 4 or (>= 10 and < 30) ? 0.75f : 1), weights);
    }
}
