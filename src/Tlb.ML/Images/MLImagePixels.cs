using System.Runtime.InteropServices;

namespace Tlb.ML;

/// <summary>The pixels of an <see cref="MLImage"/>. Transparency is left out.</summary>
internal static class MLImagePixels
{
    private const int BytesPerPixel = 4;

    /// <summary>Finds what is wrong with an image; null where it can be used.</summary>
    public static string? FindProblem(MLImage? image) => image switch
    {
        null => "there is no image.",
        { Height: < 1 } or { Width: < 1 } => $"the image is {image.Width}x{image.Height} pixels.",
        { PixelFormat: not (MLPixelFormat.Rgba32 or MLPixelFormat.Bgra32) } => $"the image's pixel format is {image.PixelFormat}; expected {MLPixelFormat.Rgba32} or {MLPixelFormat.Bgra32}.",
        _ => null,
    };

    /// <summary>Copies an image: rows of pixels of red, green and blue.</summary>
    /// <param name="image">The image.</param>
    /// <param name="destination">Receives the values.</param>
    /// <param name="type">The type of the values.</param>
    public static void CopyTo(MLImage image, Span<byte> destination, PixelType type)
    {
        var pixels = image.Pixels;
        var (red, blue) = image.PixelFormat == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
        if (type == PixelType.Byte)
            for (var to = 0; pixels.Length > 0; pixels = pixels[BytesPerPixel..], to += TlbConfig.Channels)
                (destination[to], destination[to + 1], destination[to + 2]) = (pixels[red], pixels[1], pixels[blue]);
        else
        {
            var values = MemoryMarshal.Cast<byte, float>(destination);
            for (var to = 0; pixels.Length > 0; pixels = pixels[BytesPerPixel..], to += TlbConfig.Channels)
                (values[to], values[to + 1], values[to + 2]) = (pixels[red], pixels[1], pixels[blue]);
        }
    }

    /// <summary>Makes an image.</summary>
    /// <param name="pixels">Red, green and blue of each pixel, [height, width, 3].</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="width">The width in pixels.</param>
    /// <returns>The image, the caller's to dispose.</returns>
    public static MLImage ToImage(ReadOnlySpan<byte> pixels, int height, int width)
    {
        var image = new byte[height * width * BytesPerPixel];                // [H, W, 4]
        for (var to = 0; to < image.Length; to += BytesPerPixel, pixels = pixels[TlbConfig.Channels..])
            (image[to], image[to + 1], image[to + 2], image[to + 3]) = (pixels[0], pixels[1], pixels[2], byte.MaxValue);
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, image);
    }
}
