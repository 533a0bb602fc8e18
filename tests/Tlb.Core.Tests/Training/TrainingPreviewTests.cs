using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class TrainingPreviewTests
{
    private const int Size = 3;
    private const int Classes = 3;

    private static readonly TlbConfig Network = TlbConfig.Tiny with { ImageSize = Size, PatchSize = 1, ChunkSize = 3, NumberOfClasses = Classes };

    [Fact]
    public void Images_are_shown_as_they_are_and_as_the_network_sees_them_in_training()
    {
        var images = Images(11);
        var options = new TrainingOptions { Epoch = 2, BatchSize = 5, Augmentation = new() { HorizontalFlip = 0.5f, RandomErasing = new() { Probability = 1 }, Mixup = 1 } };
        var (seen, targets) = (new List<float[]>(), new List<float[]>());
        var engine = new RecordingEngine
        {
            OnBatch = batch =>
            {
                seen.Add(batch.Rendered(Size));
                var target = new float[Classes];
                for (var i = 0; i < batch.Count; i++)
                {
                    batch.CopyTargetTo(i, 0, target);
                    targets.Add([.. target]);
                }
            },
        };
        new Trainer(engine, options).Fit(NetworkWeights.Initialize(Network, 1), images, null, seed: 2);
        var shown = TrainingPreview.Take(images, options, Network, seed: 2, count: 4, epoch: 2);

        Assert.Equal(4, shown.Count);
        foreach (var (i, image) in shown.Index())
        {
            var length = image.Seen.Length;
            Assert.Equal(seen[3].Skip(i * length).Take(length).Select(value => (byte)Math.Round(255 * value)), image.Seen);   // epoch 2 begins with the fourth step
            var source = Assert.Single(Enumerable.Range(0, 11), at => images[at].SequenceEqual(image.Original));             // of the network's size: the same bytes
            Assert.Equal(images.Labels[source], image.Label);
            var target = new float[Classes];
            target[image.Label] += image.Share;
            target[image.MixedLabel] += 1 - image.Share;
            Assert.Equal(targets[11 + i], target);
        }
        Assert.Contains(shown, image => image.Share < 1 && image.MixedLabel != image.Label);
    }

    [Fact]
    public void A_source_with_fewer_images_shows_those_and_what_is_not_augmented_stays_as_it_is()
    {
        var shown = TrainingPreview.Take(Images(2), new() { Augmentation = new() }, Network, seed: 1, count: 100, epoch: 1);
        Assert.Equal(2, shown.Count);
        Assert.All(shown, image => Assert.Equal(image.Original, image.Seen));
        Assert.All(shown, image => Assert.Equal((1f, image.Label), (image.Share, image.MixedLabel)));
    }

    [Fact]
    public void What_cannot_be_shown_is_refused()
    {
        Assert.Contains("no training images", Assert.Throws<ArgumentException>(() => Take(Images(0), new())).Message, StringComparison.Ordinal);
        Assert.Contains("Mixup", Assert.Throws<ArgumentException>(() => Take(Images(2), new() { Augmentation = new() { Mixup = -1 } })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Take(Images(2), new(), count: 0));

        static IReadOnlyList<TrainingPreview> Take(ImageSet images, TrainingOptions options, int count = 1) => TrainingPreview.Take(images, options, Network, seed: 1, count, epoch: 1);
    }

    private static ImageSet Images(int count)
    {
        var images = new ImageSet(new() { Height = Size, Width = Size });
        var random = new Random(1);
        var pixels = new byte[images.Layout.ByteCount];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(pixels);
            images.Add(pixels, i % Classes);
        }
        return images;
    }
}
