using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

public sealed class AdamWTests
{
    /// <summary>Five steps on a kernel, a bias and a norm: all of them decay.</summary>
    [Theory]
    [InlineData("kernel")]
    [InlineData("bias")]
    [InlineData("gamma")]
    public void Steps_are_Kerass(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Read("adamw_unit");
        var weights = TestDevice.Of(golden.Values($"w0.{name}"));
        using var optimizer = new AdamW(weights, weightDecay: 0.05f);
        for (var step = 0; golden.Tensors.ContainsKey($"g{step}.{name}"); step++)
        {
            optimizer.Step(TestDevice.Of(golden.Values($"g{step}.{name}")), learningRate: 0.01f);
            Close.Absolute(golden.Values($"w{step + 1}.{name}"), weights.ToArray<float>(), 1e-6, $"{name} after step {step + 1}");
        }
    }
}
