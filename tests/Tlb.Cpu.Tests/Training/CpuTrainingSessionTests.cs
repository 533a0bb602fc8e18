using System.Runtime.InteropServices;
using Tlb.Tests;
using Tlb.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Cpu.Tests;

public sealed class CpuTrainingSessionTests
{
    public static TheoryData<string> Configurations => [.. TestConfigs.All.Keys];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Gradients_are_those_of_automatic_differentiation(string name)
    {
        var config = TestConfigs.All[name];
        var weights = NetworkWeights.Initialize(config, 3);
        var random = new Random(4);
        foreach (ref var value in weights.Values.AsSpan())
            value += 0.1f * (random.NextSingle() - 0.5f);                    // biases and shifts too
        foreach (var count in new[] { 5, 37 })
        {
            var batch = TestConfigs.RandomBatch(config, count);
            using var session = new CpuTrainingSession(weights, new() { Seed = 1 });
            var metrics = session.ComputeGradient(batch);
            var (loss, expected) = Torch(weights, batch);
            Assert.Equal(loss, metrics.Loss, 1e-5);
            var largest = expected.Max(Math.Abs);
            foreach (var parameter in weights.Layout)
                Close.Absolute(
                    expected.AsSpan(parameter.Offset, parameter.Count), session.Gradient[parameter.Name],
                    Math.Max(1e-6 * largest, 1e-4 * expected.AsSpan(parameter.Offset, parameter.Count).ToArray().Max(Math.Abs)), $"{name}, {count} images, {parameter.Name}");
        }
    }

    [Fact]
    public void Training_gives_Kerass_weights()
    {
        var golden = Golden.Read("train_b");
        var config = Golden.ConfigB;
        using var session = new CpuEngine().StartTraining(golden.Weights(config, "w0."), new() { WeightDecay = 0.01f, DecayAllWeights = true });
        var labels = golden.Tensors["in.labels"].Values<long>();
        var layout = new ImageLayout { Height = 16, Width = 16, PixelType = PixelType.Single, Scale = 1 };
        var batch = new ImageBatch(layout, labels.Length);
        for (var i = 0; i < labels.Length; i++)
            golden.Tensors["in.images"].Bytes.Span.Slice(i * layout.ByteCount, layout.ByteCount).CopyTo(batch.Add((int)labels[i]));
        var trained = new NetworkWeights(config);
        var losses = new List<float>();
        for (var step = 1; step <= 5; step++)
        {
            session.RunStep(batch, 1e-3f);
            losses.Add((float)session.ReadMetrics().Loss);
            session.ResetMetrics();
            session.CopyWeightsTo(trained);
            if (step is not (1 or 5))
                continue;
            foreach (var parameter in trained.Layout)
            {
                // 2e-4 where the true gradient is zero, whose rounding noise Keras's Adam brings to full step length.
                var tolerance = golden.Values($"g.{parameter.Name}").Max(Math.Abs) < 1e-6 ? 5.1e-3 : 5e-6;
                Close.Absolute(golden.Values($"w{step}.{parameter.Name}"), trained[parameter.Name], tolerance, $"step {step} {parameter.Name}");
            }
        }
        losses.Add((float)session.Evaluate(batch, config.NumberOfClasses).Loss);
        Close.Relative(golden.Values("out.losses"), [.. losses], 2e-6, "losses");
    }

    private static (double Loss, float[] Gradient) Torch(NetworkWeights weights, ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        var flat = WeightTensors.Flatten(weights, CPU).requires_grad_();
        var network = new TlbNetwork(weights.Config, new WeightTensors(flat, weights.Layout));
        var targets = Tlb.Torch.CrossEntropy.Targets(batch, weights.Config.NumberOfClasses, smoothing: 0, CPU);
        var loss = Tlb.Torch.CrossEntropy.PerImage(network.Forward(ImageTensors.From(batch, weights.Config.ImageSize, CPU)), targets).mean();
        loss.backward();
        return (loss.item<float>(), flat.grad!.data<float>().ToArray());
    }
}
