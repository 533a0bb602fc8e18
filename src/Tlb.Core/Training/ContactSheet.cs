namespace Tlb.Core;

/// <summary>Small pictures of images side by side, as the network sees them in training: to look at before a long run.</summary>
internal sealed class ContactSheet
{
    private const int Gap = 2;

    private ContactSheet(int width, int height) => (Width, Height, Pixels) = (width, height, new byte[width * height * TlbConfig.Channels]);

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The sheet, [Height, Width, 3]: red, green and blue from 0 to 255. White between the images.</summary>
    public byte[] Pixels { get; }

    /// <summary>Draws the first images of an epoch, from left to right, then down, in a grid that is about square.</summary>
    /// <param name="images">The training images.</param>
    /// <param name="options">How to train: the images are shuffled, augmented and mixed with others of their batch as in that training.</param>
    /// <param name="network">The network: its image size is that of the pictures.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="count">How many, 1 or more; at most a batch. Default 64.</param>
    /// <param name="epoch">The epoch, from 1. Default 1.</param>
    /// <exception cref="ArgumentException">An option is out of range or there are no images; the message lists all that is wrong.</exception>
    /// <remarks>Values below 0 or above 1 (float inputs in another range) are shown as 0 and 1.</remarks>
    public static ContactSheet Render(IImageSource images, TrainingOptions options, TlbConfig network, int seed, int count = 64, int epoch = 1)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        InvalidOptions.ThrowIfAny(options.GetType().Name, [.. options.Validate(), .. TrainingBatches.Check(images, options, network.NumberOfClasses).Problems]);
        using var batches = new TrainingBatches(images, options, network, seed).Open(epoch);
        return Draw(batches.Next(), count, network.ImageSize);
    }

    private static ContactSheet Draw(ImageBatch batch, int count, int imageSize)
    {
        count = Math.Min(count, batch.Count);
        var columns = (int)Math.Ceiling(Math.Sqrt(count));
        var rows = (count + columns - 1) / columns;
        var sheet = new ContactSheet(columns * (imageSize + Gap) - Gap, rows * (imageSize + Gap) - Gap);
        sheet.Pixels.AsSpan().Fill(byte.MaxValue);
        var image = new float[imageSize * imageSize * TlbConfig.Channels];
        for (var i = 0; i < count; i++)
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
