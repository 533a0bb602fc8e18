using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed class TileTrainerTests
{
    public static TheoryData<string> Configurations => TestConfigs.Names;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_register_gives_torchs_losses_and_gradients(string name)
    {
        var config = TestConfigs.Of(name);
        var weights = TestConfigs.RandomWeights(config, 3);
        foreach (var batch in TestConfigs.RandomBatches(config, count: 21))  // no multiple of any width
        {
            var (loss, expected) = TorchReference.Gradient(weights, batch);
            foreach (var kernels in KernelSet.Sets)
            {
                var (actualLoss, actual) = Run.Gradient(kernels, weights, batch);
                Assert.Equal(loss, actualLoss, 1e-5);
                TorchReference.CheckGradient(expected, actual, $"{kernels}, {batch.Layout}");
            }
        }
    }

    /// <summary>With dropout too: the masks belong to the images, not to the tiles.</summary>
    [Fact]
    public void Every_register_drops_the_same_values()
    {
        var config = TestConfigs.Of("three heads") with { AttentionDropout = 0.1f, FeedForwardDropout = 0.2f };
        var weights = TestConfigs.RandomWeights(config, 3);
        var batch = TestConfigs.RandomBatch(config, count: 21);
        var (loss, expected) = Run.Gradient(KernelSet.Of("128 bits"), weights, batch);
        foreach (var kernels in KernelSet.Sets)
        {
            var (actualLoss, actual) = Run.Gradient(kernels, weights, batch);
            Assert.Equal(loss, actualLoss, 1e-5);
            TorchReference.CheckGradient(expected, actual, $"{kernels}");
        }
        var (sessionLoss, session) = Run.Gradient(weights, batch);
        Assert.Equal(loss, sessionLoss, 1e-5);
        TorchReference.CheckGradient(expected, session, "session");
    }
}
