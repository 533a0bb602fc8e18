using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class ContactSheetTests
{
    private const int Size = 3;

    private static readonly TlbConfig Network = TlbConfig.Tiny with { ImageSize = Size, PatchSize = 1, ChunkSize = 3 };

    [Fact]
    public void Images_lie_side_by_side_as_the_network_sees_them_in_training()
    {
        var images = Images(11);
        var options = new TrainingOptions { Epoch = 2, BatchSize = 5, Augmentation = new() { HorizontalFlip = 0.5f, RandomErasing = new() { Probability = 1 }, Mixup = 1 } };
        var seen = new List<float[]>();
        new Trainer(new RecordingEngine { OnBatch = batch => seen.Add(batch.Rendered(Size)) }, options).Fit(NetworkWeights.Initialize(Network, 1), images, null, seed: 2);
        var sheet = ContactSheet.Render(images, options, Network, seed: 2, count: 4, epoch: 2);
        Assert.Equal((2 * Size + 2, 2 * Size + 2), (sheet.Width, sheet.Height));

        var expected = seen[3];                                              // epoch 2 begins with the fourth step
        for (var y = 0; y < sheet.Height; y++)
            for (var x = 0; x < sheet.Width; x++)
                for (var c = 0; c < 3; c++)
                {
                    var (column, left, row, top) = (x / (Size + 2), x % (Size + 2), y / (Size + 2), y % (Size + 2));
                    var value = left >= Size || top >= Size ? 1 : expected[(((2 * row + column) * Size + top) * Size + left) * 3 + c];
                    Assert.Equal((byte)Math.Round(255 * value), sheet.Pixels[(y * sheet.Width + x) * 3 + c]);
                }
    }

    [Fact]
    public void A_source_with_fewer_images_gives_a_smaller_sheet()
    {
        var images = Images(2);
        var sheet = ContactSheet.Render(images, new(), Network, seed: 1, count: 100);
        Assert.Equal((2 * Size + 2, Size), (sheet.Width, sheet.Height));
        var first = sheet.Pixels[..3];                                       // not augmented, of the network's size: the same bytes
        Assert.Contains(first, new[] { images[0][..3].ToArray(), images[1][..3].ToArray() });
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Contains("no training images", Assert.Throws<ArgumentException>(() => ContactSheet.Render(Images(0), new(), Network, seed: 1)).Message, StringComparison.Ordinal);
        Assert.Contains("Mixup", Assert.Throws<ArgumentException>(() => ContactSheet.Render(Images(2), new() { Augmentation = new() { Mixup = -1 } }, Network, seed: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ContactSheet.Render(Images(2), new(), Network, seed: 1, count: 0));
    }

    private static ImageSet Images(int count)
    {
        var images = new ImageSet(new() { Height = Size, Width = Size });
        var random = new Random(1);
        var pixels = new byte[images.Layout.ByteCount];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(pixels);
            images.Add(pixels, 0);
        }
        return images;
    }
}
