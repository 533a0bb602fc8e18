using Tlb.Tests;
using Tlb.Torch;
using TorchSharp;

namespace Tlb.Cpu.Tests;

/// <summary>Every named network computes what it did, and both engines what the plain reference does.</summary>
public sealed class PresetsTests
{
    /// <summary>The first three probabilities of an image, as the reference computed them when the preset was made.</summary>
    public static TheoryData<string, double[]> Golden => new()
    {
        { "Tiny", [0.00935753869, 0.00577235757, 0.12025575220] },
        { "Small", [0.15284710509, 0.00822413316, 0.35905969268] },
        { "Base", [0.04117566137, 0.01510905544, 0.03195406869] },
        { "Large", [0.14714771930, 0.16888787056, 0.04277264752] },
        { "KerasExample", [0.00012403611, 0.00006563884, 0.00009700280] },
    };

    [Fact]
    public void All_presets_are_here() => Assert.Equal(TlbConfig.Presets.Keys.Order(), Golden.Select(row => (string)((object[])row)[0]).Order());

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_preset_computes_what_it_did(string name, double[] golden)
    {
        var config = TlbConfig.Presets[name];
        var weights = TestConfigs.RandomWeights(config, seed: 1);
        var layout = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize, PixelType = PixelType.Single, Scale = 1 };
        var batch = Augmentations.RandomBatch(layout, 1, seed: 2, classes: config.NumberOfClasses);
        var expected = new TlbReference(weights).Classify(DrawnNetwork.Values(batch, 0)).Probabilities;
        Assert.All(golden.Index(), probability => Assert.Equal(probability.Item, expected[probability.Index], 1e-9)); // as many digits as are written down
        foreach (IEngine engine in (IEngine[])[new CpuEngine(), new TorchEngine(torch.CPU)])
        {
            using var scorer = engine.CreateScorer(weights);
            Close.Absolute([.. expected.Select(value => (float)value)], Run.Score(scorer, batch, config.NumberOfClasses), 1e-5, $"{name}, {engine.Description}"); // float32
        }
    }
}
