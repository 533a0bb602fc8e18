using System.Runtime.InteropServices;
using Tlb.Tests;
using Tlb.Torch;

namespace Tlb.Cpu.Tests;

public sealed class MixedLabelTests
{
    public static TheoryData<string> Engines => ["cpu", "torch"];

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_loss_of_a_mixed_batch_is_shared_between_both_classes(string name)
    {
        var config = TlbConfig.Tiny;
        IEngine engine = name == "cpu" ? new CpuEngine() : new TorchEngine();
        using var session = engine.StartTraining(NetworkWeights.Initialize(config, 1), new() { MicroBatchSize = 5 }); // partners in other parts too
        var batch = Augmentations.RandomBatch(new() { Height = 9, Width = 11 }, 21, seed: 2, config.NumberOfClasses);
        new Augmenter(new() { Mixup = 1, CutMix = 1, HorizontalFlip = 0.5f }, config.ImageSize, seed: 3).Augment(batch, 1, 0);

        // The images as the network should see them, scored one by one.
        var layout = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize, PixelType = PixelType.Single, Scale = 1 };
        var seen = new ImageBatch(layout, batch.Count);
        seen.Resize(batch.Count);
        for (var i = 0; i < batch.Count; i++)
            AugmentedImage.Render(batch, i, config.ImageSize, MemoryMarshal.Cast<byte, float>(seen.Image(i)));
        var probabilities = new float[batch.Count * config.NumberOfClasses];
        session.Score(seen, probabilities);
        var loss = 0.0;
        for (var i = 0; i < batch.Count; i++)
        {
            var augmentation = batch.Augmentations[i];
            loss += augmentation.Share * CrossEntropyOf(i, batch.Labels[i]) + (1 - augmentation.Share) * CrossEntropyOf(i, batch.Labels[augmentation.Partner]);
        }

        session.RunStep(batch, learningRate: 0);
        Assert.Equal(loss, session.ReadMetrics().LossSum, 1e-5 * loss);      // 21 losses of float32

        double CrossEntropyOf(int image, int label) => -Math.Log(probabilities[image * config.NumberOfClasses + label]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Scoring_leaves_augmentations_out(string name)
    {
        var config = TlbConfig.Tiny;
        IEngine engine = name == "cpu" ? new CpuEngine() : new TorchEngine();
        using var session = engine.StartTraining(NetworkWeights.Initialize(config, 1), new());
        var batch = Augmentations.RandomBatch(new() { Height = 9, Width = 11 }, 4, seed: 2, config.NumberOfClasses);
        var (plain, augmented) = (new float[4 * config.NumberOfClasses], new float[4 * config.NumberOfClasses]);
        session.Score(batch, plain);
        session.Score(batch.Wildly(config.ImageSize, seed: 3), augmented);
        Assert.Equal(plain, augmented);
    }
}
