using System.Runtime.InteropServices;

namespace Tlb.Core.Tests;

public sealed class ImageSetTests
{
    [Fact]
    public void Images_and_labels_come_back_across_blocks()
    {
        var layout = new ImageLayout { Height = 1024, Width = 1024 };        // 3 MB each: 5 to a block of 16 MB
        var images = new ImageSet(layout);
        var pixels = new byte[layout.ByteCount];
        for (var i = 0; i < 45; i++)
        {
            pixels[0] = pixels[^1] = (byte)i;
            images.Add(pixels, i);
        }
        Assert.Equal(45, images.Count);
        Assert.Equal(Enumerable.Range(0, 45), images.Labels);
        for (var i = 0; i < 45; i++)
            Assert.Equal((i, i), (images[i][0], images[i][^1]));
    }

    [Fact]
    public void An_image_of_another_size_is_refused() => Assert.Equal(
        "The image has 11 bytes, expected 12. (Parameter 'pixels')",
        Assert.Throws<ArgumentException>(() => new ImageSet(new() { Height = 2, Width = 2 }).Add(new byte[11], 0)).Message);

    [Fact]
    public void A_batch_holds_the_images_asked_for()
    {
        var images = new ImageSet(new() { Height = 1, Width = 1, PixelType = PixelType.Single });
        for (var i = 0; i < 5; i++)
            images.Add(MemoryMarshal.AsBytes<float>([i, i + 0.5f, -i]), 10 + i);
        var batch = new ImageBatch(images.Layout, capacity: 3);
        batch.Fill(images, [4, 0]);
        Assert.Equal([14, 10], batch.Labels.ToArray());
        Assert.Equal([4, 4.5f, -4, 0, 0.5f, 0], MemoryMarshal.Cast<byte, float>(batch.Pixels).ToArray());
        batch.Fill(images, [1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => { batch.Add(); });
    }
}
