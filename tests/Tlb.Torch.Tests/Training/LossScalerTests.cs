using System.Text.Json;
using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

public sealed class LossScalerTests
{
    /// <summary>Keras's own steps, among them two whose gradient is not finite: those change nothing but the scale.</summary>
    [Fact]
    public void Scale_and_weights_go_as_Kerass()
    {
        using var scope = NewDisposeScope();
        using var trace = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "loss_scale_trace.json")));
        var root = trace.RootElement;
        var weights = TestDevice.Of(Floats(root.GetProperty("w0")));
        using var optimizer = new AdamW(weights, root.GetProperty("weight_decay").GetSingle());
        using var scaler = new LossScaler(TestDevice.Device, root.GetProperty("dynamic_growth_steps").GetInt32());
        Assert.Equal(root.GetProperty("initial_scale").GetDouble(), scaler.Scale);
        foreach (var step in root.GetProperty("steps").EnumerateArray())
        {
            Assert.Equal(step.GetProperty("scale_used").GetDouble(), scaler.Scale);
            var loss = scaler.Multiply(TestDevice.Of([1f]).squeeze()).item<float>();
            var scaled = Floats(root.GetProperty("unscaled_grad")).Select(value => value * loss).ToArray();
            if (step.GetProperty("grad") is { ValueKind: JsonValueKind.String } broken)
                scaled[1] = broken.GetString() == "inf" ? float.PositiveInfinity : float.NaN;
            var (gradient, isFinite) = scaler.Unscale(TestDevice.Of(scaled));
            optimizer.Step(gradient, root.GetProperty("learning_rate").GetSingle(), isFinite);
            Assert.Equal(step.GetProperty("scale_after").GetDouble(), scaler.Scale);
            Assert.Equal(step.GetProperty("step_counter").GetInt32(), scaler.GoodSteps);
            Assert.Equal(step.GetProperty("inner_iterations").GetDouble(), optimizer.Steps.item<double>());
            // Keras computes 1 - 0.999^t in float32, which is off by up to 1e-5 of it, and so is each step of 0.1.
            Close.Absolute(Floats(step.GetProperty("w")), weights.ToArray<float>(), 1e-6 * optimizer.Steps.item<double>());
        }
    }

    [Fact]
    public void Outside_a_scope_it_leaves_behind_what_it_returns_and_no_more()
    {
        using var scaler = new LossScaler(TestDevice.Device);
        var scaled = TestDevice.Of([1f, 2f]);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var (gradient, isFinite) = scaler.Unscale(scaled);
        Assert.Equal(before + 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        foreach (var tensor in new[] { gradient, isFinite, scaled })
            tensor.Dispose();
    }

    [Fact]
    public void A_restored_scaler_goes_on_where_the_other_was()
    {
        using var scope = NewDisposeScope();
        using LossScaler scaler = new(TestDevice.Device, growthInterval: 3), restored = new(TestDevice.Device, growthInterval: 3);
        scaler.Unscale(TestDevice.Of([1f]));
        scaler.Unscale(TestDevice.Of([float.NaN]));
        scaler.Unscale(TestDevice.Of([1f]));
        scaler.Unscale(TestDevice.Of([1f]));
        restored.Restore(scaler.Scale, scaler.GoodSteps);
        Assert.Equal((16384, 2), (restored.Scale, restored.GoodSteps));
        restored.Unscale(TestDevice.Of([1f]));
        Assert.Equal((32768, 0), (restored.Scale, restored.GoodSteps));
        Assert.Throws<ArgumentOutOfRangeException>(() => restored.Restore(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => restored.Restore(1, -1));
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetSingle())];
}
