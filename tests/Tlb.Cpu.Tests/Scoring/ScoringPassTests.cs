using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed class ScoringPassTests
{
    public static TheoryData<string> Configurations => TestConfigs.Names;

    /// <summary>Every width, with lanes that are images and with lanes that are tokens, against torch: and all of them to the same bit.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_register_gives_torchs_probabilities_and_the_same_bits(string name)
    {
        var config = TestConfigs.Of(name);
        var (weights, classes) = (TestConfigs.RandomWeights(config, 3), config.NumberOfClasses);
        using var network = new FoldedNetwork(config);
        network.Fold(weights);
        foreach (var batch in TestConfigs.RandomBatches(config, count: 19))  // no multiple of any width
        {
            var expected = TorchReference.Score(weights, batch);
            float[]? first = null;
            foreach (var kernels in KernelSet.Sets)
                foreach (var pass in new[] { kernels.ImagesInLanes(network), kernels.TokensInLanes(network) })
                {
                    var actual = new float[expected.Length];
                    for (var i = 0; i < batch.Count; i += pass.Images)
                    {
                        var count = Math.Min(pass.Images, batch.Count - i);
                        pass.Score(batch, i, count, actual.AsSpan(i * classes, count * classes), attention: default, stateAttention: default);
                    }
                    pass.Dispose();
                    Close.Absolute(expected, actual, 1e-5, $"{batch.Layout}, {pass}");
                    Assert.Equal(first ??= actual, actual);
                }
        }
    }
}
