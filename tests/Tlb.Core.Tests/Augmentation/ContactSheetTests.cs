using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class ContactSheetTests
{
    private const int Size = 3;

    [Fact]
    public void Images_lie_side_by_side_as_the_network_sees_them()
    {
        var images = Images(5);
        var augmenter = new Augmenter(new() { HorizontalFlip = 0.5f, RandomErasing = new() { Probability = 1 }, Mixup = 1 }, Size, seed: 2);
        var sheet = ContactSheet.Render(images, 4, Size, augmenter, epoch: 7);
        Assert.Equal((2 * Size + 2, 2 * Size + 2), (sheet.Width, sheet.Height));

        var batch = new ImageBatch(images.Layout, 4);
        batch.Fill(images, [0, 1, 2, 3]);
        augmenter.Augment(batch, 7, 0);
        var expected = batch.Rendered(Size);
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
        var sheet = ContactSheet.Render(Images(2), 100, Size);
        Assert.Equal((2 * Size + 2, Size), (sheet.Width, sheet.Height));
        Assert.Equal(Images(2)[1][..3].ToArray(), sheet.Pixels[(3 * (Size + 2))..(3 * (Size + 2) + 3)]); // not augmented, of the network's size: the same bytes
        Assert.Contains("no images", Assert.Throws<ArgumentException>(() => ContactSheet.Render(Images(0), 1, Size)).Message, StringComparison.Ordinal);
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
