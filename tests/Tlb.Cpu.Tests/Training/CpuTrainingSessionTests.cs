using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed class CpuTrainingSessionTests
{
    public static TheoryData<string> Configurations => TestConfigs.Names;

    /// <summary>A batch for narrow registers and one for wide ones, over all threads.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void Gradients_are_those_of_automatic_differentiation(string name)
    {
        var weights = TestConfigs.RandomWeights(TestConfigs.Of(name), 3);
        foreach (var count in new[] { 5, 8 * Environment.ProcessorCount + 21 })
        {
            var batch = TestConfigs.RandomBatch(weights.Config, count);
            var (loss, expected) = TorchReference.Gradient(weights, batch);
            var (actualLoss, actual) = Run.Gradient(weights, batch);
            Assert.Equal(loss, actualLoss, 1e-5);
            TorchReference.CheckGradient(expected, actual, $"{name}, {count} images");
        }
    }

    [Fact]
    public void Training_gives_Kerass_weights()
    {
        const float LearningRate = 1e-3f, WeightDecay = 0.01f;
        var (config, golden) = (Golden.ConfigB, Golden.Read("train_b"));
        using var session = Run.Training(golden.Weights(config, "w0."), new() { WeightDecay = WeightDecay, DecayAllWeights = true });
        var labels = golden.Tensors["in.labels"].Values<long>();
        var layout = new ImageLayout { Height = 16, Width = 16, PixelType = PixelType.Single, Scale = 1 };
        var batch = new ImageBatch(layout, labels.Length);
        for (var i = 0; i < labels.Length; i++)
            golden.Tensors["in.images"].Bytes.Span.Slice(i * layout.ByteCount, layout.ByteCount).CopyTo(batch.Add((int)labels[i]));
        var trained = new NetworkWeights(config);
        var losses = new List<float>();
        for (var step = 1; step <= 5; step++)
        {
            session.RunStep(batch, LearningRate);
            losses.Add((float)session.ReadMetrics().Loss);
            session.ResetMetrics();
            session.CopyWeightsTo(trained);
            if (step is not (1 or 5))
                continue;
            foreach (var parameter in trained.Layout)
                if (golden.Values($"g.{parameter.Name}").Max(Math.Abs) < 1e-6)
                {
                    // The true gradient is zero (the next ones begin at 3e-3), and ours exactly: nothing but the decay moves the weights,
                    // rounded once a step. Keras's own differ by up to 9e-5, because its Adam brings rounding noise to full step length.
                    var decay = Math.Pow(1 - (double)LearningRate * WeightDecay, step);
                    var start = golden.Values($"w0.{parameter.Name}");
                    var bound = 2 * step * Sum.Rounding * Math.Max(1, start.Max(Math.Abs));
                    Close.Absolute([.. start.Select(value => (float)(value * decay))], trained[parameter.Name], bound, $"step {step} {parameter.Name}");
                }
                else
                    Close.Absolute(golden.Values($"w{step}.{parameter.Name}"), trained[parameter.Name], 5e-6, $"step {step} {parameter.Name}");
        }
        losses.Add((float)session.Evaluate(batch, config.NumberOfClasses).Loss);
        Close.Relative(golden.Values("out.losses"), [.. losses], 2e-6, "losses");
    }
}
