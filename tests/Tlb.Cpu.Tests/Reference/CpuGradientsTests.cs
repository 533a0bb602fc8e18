using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>
/// The gradients of the CPU engine, written by hand, against differences of the plain reference's loss: a few weights of every parameter,
/// for networks drawn at random.
/// </summary>
public sealed class CpuGradientsTests
{
    internal const int Draws = 24;

    /// <summary>The most features and tokens along a side: small networks, as the reference runs eight times for each weight.</summary>
    internal const int Widest = 8, LargestGrid = 3;

    private const int WeightsOfEach = 3;

    public static TheoryData<int, TlbForm> Drawn => DrawnNetwork.OfAllForms(Enumerable.Range(1, Draws));

    /// <summary>
    /// Within 1e-4 of a parameter's largest gradient, which is what float32 leaves of sums over images and tokens in another order; and
    /// within 1e-6 of the largest of all, the rounding noise where a gradient is near zero.
    /// </summary>
    [Theory]
    [MemberData(nameof(Drawn))]
    public void Gradients_of_the_loss_are_the_references_slopes(int draw, TlbForm form)
    {
        const int Count = 2;
        var drawn = new DrawnNetwork(draw, form, Widest, LargestGrid);
        var batch = drawn.Images(Count);
        var reference = new TlbReference(drawn.Weights);
        float[][] images = [.. Enumerable.Range(0, Count).Select(i => DrawnNetwork.Values(batch, i))];
        var (loss, gradient) = Run.Gradient(drawn.Weights, batch);
        Assert.Equal(1, loss / Loss(), 1e-5);
        var floor = 1e-6 * TorchReference.Largest(gradient.Values);
        var random = new Random(1);
        foreach (var parameter in drawn.Weights.Layout)
            for (var n = 0; n < WeightsOfEach; n++)
            {
                var i = random.Next(parameter.Count);
                var values = gradient[parameter.Name];
                var slope = Slope.Of(reference.Weight(parameter.Name), i, _ => Loss());
                Assert.True(Math.Abs(slope - values[i]) <= Math.Max(floor, 1e-4 * TorchReference.Largest(values)),
                    $"{drawn.Config}: the gradient of {parameter.Name}[{i}] is {values[i]}, the slope {slope}.");
            }

        double Loss() => images.Index().Average(image => reference.Loss(image.Item, batch.Labels[image.Index]));
    }

    /// <summary>But for the Keras example's parameters that the loss can't depend on.</summary>
    [Theory]
    [InlineData("golden b")]
    [InlineData("deep")]
    [InlineData("paper")]
    [InlineData("paper, state")]
    [InlineData("paper, tokens")]
    [InlineData("paper, one chunk")]
    [InlineData("paper, convolutions")]
    [InlineData("paper, pairs of convolutions")]
    [InlineData("small")]
    public void Every_parameter_has_a_gradient(string name)
    {
        var config = TestConfigs.Of(name);
        config = config with { NumberOfStates = config.NumberOfStates == 1 ? 2 : config.NumberOfStates }; // one is read whole, whatever asks
        var gradient = Run.Gradient(TestConfigs.RandomWeights(config, 3), TestConfigs.RandomBatch(config, count: 9)).Gradient;
        foreach (var parameter in gradient.Layout)
        {
            var count = gradient[parameter.Name].ToArray().Count(value => value != 0);
            if (config.Form == TlbForm.KerasExample && HasNone(parameter.Name))
                Assert.True(count == 0, $"{parameter.Name}: {count} of {parameter.Count} numbers");
            else
                Assert.True(count > parameter.Count / 2, $"{parameter.Name}: {count} of {parameter.Count} numbers"); // a ReLU may be shut
        }

        // What is added to the scores of all keys alike cancels in a softmax; state vectors that are equal are read whole, whatever asks.
        static bool HasNone(string parameter) =>
            parameter.EndsWith(".key.bias", StringComparison.Ordinal) || parameter.EndsWith(".k_ln.beta", StringComparison.Ordinal)
            || (parameter.Contains(".slow.", StringComparison.Ordinal) && parameter.Split('.')[^2] is ("query" or "key" or "q_ln" or "k_ln"));
    }
}
