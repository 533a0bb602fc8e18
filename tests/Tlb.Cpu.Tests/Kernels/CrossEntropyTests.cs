using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed class CrossEntropyTests
{
    [Fact]
    public void Losses_and_gradients_are_Kerass()
    {
        var golden = Golden.Read("loss");
        var values = golden.Values("in.logits");
        var labels = golden.Tensors["in.labels"].Values<long>();
        var losses = new float[8];
        var probabilities = new List<float>();
        for (var i = 0; i < 8; i++)
        {
            var row = values.AsSpan(i * 10, 10);
            Softmax.Forward(row);
            probabilities.AddRange(row);
            var target = new float[10];
            target[labels[i]] = 1;
            var (isBest, metrics) = (row.ToArray().Max() == row[(int)labels[i]], CrossEntropy.LossAndGradient(row, target, weight: 1));
            losses[i] = (float)metrics.LossSum;
            Assert.Equal((1, isBest ? 1 : 0), (metrics.Count, metrics.CorrectCount));
            foreach (ref var gradient in row)
                gradient /= 8;                                               // of the mean loss
        }
        Close.Absolute(golden.Values("out.probs"), [.. probabilities], 1e-6, "probabilities");
        Close.Relative(golden.Values("out.per_sample"), losses, 1e-6, "losses");
        Close.Relative(golden.Values("g.logits"), values, 2e-6, "gradient of logits");
    }

    /// <summary>Soft targets, against differences of the plain formula in double precision.</summary>
    [Fact]
    public void Gradient_is_the_slope_of_the_weighted_loss()
    {
        double[] logits = [0.3, -1.2, 2.1, 0.7];
        float[] target = [0.1f, 0, 0.6f, 0.3f];
        const float Weight = 2.5f;
        float[] values = [.. logits.Select(value => (float)value)];
        Softmax.Forward(values);
        var metrics = CrossEntropy.LossAndGradient(values, target, Weight);
        Assert.Equal(Loss(logits), metrics.LossSum, 1e-6);
        for (var c = 0; c < logits.Length; c++)
            Assert.Equal(Slope.Of(logits, c, Loss), values[c], 1e-6);        // a few roundings of numbers up to the weight

        double Loss(double[] x) => Weight * x.Zip(target, (value, share) => share * (Math.Log(x.Sum(Math.Exp)) - value)).Sum();
    }

    [Fact]
    public void Clipped_probabilities_have_no_gradient()
    {
        float[] values = [1, 0];
        Assert.Equal(-MathF.Log(1e-7f), CrossEntropy.LossAndGradient(values, [0, 1], 1).LossSum);
        Assert.Equal([0, 0], values);
        values = [1, 0];
        Assert.Equal(-MathF.Log(1 - 1e-7f), CrossEntropy.LossAndGradient(values, [1, 0], 1).LossSum);
        Assert.Equal([0, 0], values);
        Assert.True(double.IsNaN(CrossEntropy.LossAndGradient([float.NaN, 0.5f], [1, 0], 1).LossSum));
    }

    [Fact]
    public void Large_logits_overflow_nothing()
    {
        float[] values = [1000, 1000, -1000];
        Softmax.Forward(values);
        Assert.Equal([0.5f, 0.5f, 0], values);
    }
}
