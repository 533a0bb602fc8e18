namespace Tlb.Core;

/// <summary>Small pictures of images side by side, as the network sees them in training: to look at before a long run.</summary>
public sealed class ContactSheet
{
    private const int Gap = 2;

    private ContactSheet(int width, int height) => (Width, Height, Pixels) = (width, height, new byte[width * height * TlbConfig.Channels]);

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The sheet, [Height, Width, 3]: red, green and blue from 0 to 255. White between the images.</summary>
    public byte[] Pixels { get; }

    /// <summary>Draws the first images of a source, from left to right, then down, in a grid that is about square.</summary>
    /// <param name="images">The images.</param>
    /// <param name="count">How many, at most; 1 or more. They are one batch: images are mixed with others of the sheet.</param>
    /// <param name="imageSize">The network's image size.</param>
    /// <param name="augmenter">What augments them; null for nothing.</param>
    /// <param name="epoch">The epoch they are augmented for, from 1.</param>
    /// <param name="shuffleSeed">The seed of the order; null for the source's own.</param>
    /// <exception cref="ArgumentException">The source is empty.</exception>
    /// <remarks>Values below 0 or above 1 (float inputs in another range) are shown as 0 and 1.</remarks>
    public static ContactSheet Render(IImageSource images, int count, int imageSize, Augmenter? augmenter = null, int epoch = 1, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        if (images.Count == 0)
            throw new ArgumentException("There are no images; expected 1 or more.", nameof(images));
        var batch = new ImageBatch(images.Layout, Math.Min(count, images.Count));
        using (var reader = images.Read(shuffleSeed))
            reader.Fill(batch);
        augmenter?.Augment(batch, epoch, firstPosition: 0);

        var columns = (int)Math.Ceiling(Math.Sqrt(batch.Count));
        var rows = (batch.Count + columns - 1) / columns;
        var sheet = new ContactSheet(columns * (imageSize + Gap) - Gap, rows * (imageSize + Gap) - Gap);
        sheet.Pixels.AsSpan().Fill(byte.MaxValue);
        var image = new float[imageSize * imageSize * TlbConfig.Channels];
        for (var i = 0; i < batch.Count; i++)
        {
            AugmentedImage.Render(batch, i, imageSize, image);
            sheet.Draw(image, imageSize, i % columns * (imageSize + Gap), i / columns * (imageSize + Gap));
        }
        return sheet;
    }

    private void Draw(ReadOnlySpan<float> image, int size, int left, int top)
    {
        var row = size * TlbConfig.Channels;
        for (var y = 0; y < size; y++)
        {
            var target = Pixels.AsSpan(((top + y) * Width + left) * TlbConfig.Channels, row);
            for (var i = 0; i < row; i++)
                target[i] = (byte)Math.Round(255 * Math.Clamp(image[y * row + i], 0, 1));
        }
    }
}
