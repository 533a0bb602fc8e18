namespace Tlb.ML.Tests;

/// <summary>Images made of formulas, and their pixels as colours.</summary>
internal static class Pixels
{
    public static MLImage Image(int width, int height, Func<int, int, (int R, int G, int B)> color,
        MLPixelFormat format = MLPixelFormat.Bgra32)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
        {
            var (r, g, b) = color(i % width, i / width);
            var (first, third) = format == MLPixelFormat.Bgra32 ? (b, r) : (r, b);
            (pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2], pixels[4 * i + 3]) = ((byte)first, (byte)g, (byte)third, byte.MaxValue);
        }
        return MLImage.CreateFromPixels(width, height, format, pixels);
    }

    public static (int R, int G, int B, int A) At(MLImage image, int x, int y)
    {
        var pixel = image.Pixels.Slice(4 * (y * image.Width + x), 4);
        return image.PixelFormat == MLPixelFormat.Bgra32
            ? (pixel[2], pixel[1], pixel[0], pixel[3])
            : (pixel[0], pixel[1], pixel[2], pixel[3]);
    }

    public static (int R, int G, int B, int A)[] All(MLImage image) =>
        [.. Enumerable.Range(0, image.Width * image.Height).Select(i => At(image, i % image.Width, i / image.Width))];
}
