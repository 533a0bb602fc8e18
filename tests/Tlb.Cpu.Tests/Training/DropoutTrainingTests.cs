using System.Text.RegularExpressions;

namespace Tlb.Cpu.Tests;

/// <summary>With dropout all state vectors are kept, and have a backward pass of their own.</summary>
public sealed class DropoutTrainingTests
{
    public static TheoryData<string> Configurations => TestConfigs.Names;

    public static TheoryData<string, float, float> Dropouts => new()
    {
        { "tiny", 0.1f, 0.2f }, { "golden b", 0.1f, 0.2f }, { "golden b", 0.2f, 0 }, { "golden b", 0, 0.1f },
        { "three heads", 0.2f, 0.1f }, { "odd", 0.1f, 0.1f }, { "many classes", 0.1f, 0.2f }, { "one token a chunk", 0.2f, 0.1f },
        { "paper", 0.2f, 0.1f }, { "paper, state", 0.2f, 0 }, { "paper, state", 0.1f, 0.2f }, { "paper, tokens", 0.1f, 0.2f }, { "paper, convolutions", 0.1f, 0.1f },
    };

    /// <summary>A rate at which nothing happens to be dropped: the gradients are those without dropout.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_vanishing_rate_gives_the_gradients_of_automatic_differentiation(string name)
    {
        var plain = TestConfigs.Of(name);
        var config = plain with { AttentionDropout = 1e-9f, FeedForwardDropout = 1e-9f };
        var states = plain.Form == TlbForm.Paper ? plain.NumberOfStates : plain.ChunkSize;
        Assert.Equal(plain.Form == TlbForm.Paper ? states : 1, new TileShape(plain, lanes: 8).States);
        Assert.Equal(states, new TileShape(config, lanes: 8).States);
        var weights = TestConfigs.RandomWeights(config, 3);
        var batch = TestConfigs.RandomBatch(config, count: 13);
        var (loss, expected) = TorchReference.Gradient(weights, batch);
        var (actualLoss, actual) = Run.Gradient(weights, batch);
        Assert.Equal(loss, actualLoss, 1e-5);
        TorchReference.CheckGradient(expected, actual, name);
    }

    /// <summary>The slope of the very same masked loss, in directions that each take half of the weights, and along each kind of parameter.</summary>
    [Theory]
    [MemberData(nameof(Dropouts))]
    public void Gradients_are_the_slopes_of_the_masked_loss(string name, float attention, float feedForward)
    {
        var config = TestConfigs.Of(name) with { AttentionDropout = attention, FeedForwardDropout = feedForward };
        var weights = TestConfigs.RandomWeights(config, 3);
        foreach (ref var value in weights["head.kernel"])
            value *= 0.2f;                                                   // no probability near 1e-7, where the loss is cut off and has a kink
        var batch = TestConfigs.RandomBatch(config, count: 37);
        var gradient = Run.Gradient(weights, batch).Gradient;
        var random = new Random(5);
        for (var i = 0; i < 6; i++)
            Check([.. gradient.Values.Select(value => random.Next(2) * value)], $"random half {i}");
        foreach (var kind in gradient.Layout.GroupBy(parameter => Regex.Replace(parameter.Name, "[0-9]+", "*")))
        {
            var direction = new float[gradient.Values.Length];
            foreach (var parameter in kind)
                gradient[parameter.Name].CopyTo(direction.AsSpan(parameter.Offset));
            Check(direction, kind.Key);
        }

        void Check(float[] direction, string what)
        {
            var expected = Math.Sqrt(direction.Sum(value => (double)value * value));
            if (expected < 1e-6)
                return;                                                      // a key's bias: the loss does not depend on it
            // Differences over one and two steps, combined to fourth order: Curvature is for what is left of the loss's higher
            // derivatives over steps that change it by 0.002, or are 0.005 long: normalisations of few features bend. Rounding is
            // that of the loss, about 2, at the four places.
            const double Curvature = 1e-3, Rounding = 4e-7;
            var size = Math.Min(0.005, 0.002 / expected);
            var slope = (8 * (Loss(size) - Loss(-size)) - (Loss(2 * size) - Loss(-2 * size))) / (12 * size);
            Assert.True(Math.Abs(slope - expected) <= Curvature * expected + Rounding / size, $"{what}: slope {slope}, gradient {expected}");

            double Loss(double step)
            {
                var moved = weights.Clone();
                for (var i = 0; i < direction.Length; i++)
                    moved.Values[i] += (float)(step * direction[i] / expected);
                return Run.Gradient(moved, batch).Loss;
            }
        }
    }
}
