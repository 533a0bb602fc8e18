using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>The networks that users get for images of some sizes: the default one and <see cref="TlbConfig.Large"/>, whose layers the CPU engine takes in bands.</summary>
public sealed class ImageSizeTests
{
    public static TheoryData<string, int> Networks => new()
    {
        { "Base", 28 }, { "Base", 32 }, { "Base", 64 }, { "Base", 96 }, { "Base", 224 }, { "Large", 32 }, { "Large", 64 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Scores_and_gradients_are_those_of_automatic_differentiation(string name, int size)
    {
        const int Count = 3;
        var config = TlbConfig.ForImages(size, size, TlbConfig.Presets[name]);
        var weights = TestConfigs.RandomWeights(config, seed: 1, noise: 0.02f);
        var layout = new ImageLayout { Height = size, Width = size, PixelType = PixelType.Single, Scale = 1 };
        // With some images two of a pooling's numbers, or a ReLU's and 0, are nearer than float32 can tell, and a gradient goes elsewhere: not with these.
        var batch = Augmentations.RandomBatch(layout, Count, seed: 3, classes: config.NumberOfClasses);
        using var scorer = Run.Scorer(weights);
        Close.Absolute(TorchReference.Score(weights, batch), Run.Score(scorer, batch, config.NumberOfClasses), 1e-5, "probabilities"); // float32
        var (loss, expected) = TorchReference.Gradient(weights, batch);
        var (actualLoss, actual) = Run.Gradient(weights, batch);
        Assert.Equal(loss, actualLoss, 1e-5);
        TorchReference.CheckGradient(expected, actual, $"{name}, {size} pixels");
    }
}
