using System.Runtime.InteropServices;

namespace Tlb.ML;

/// <summary>The pixels of an <see cref="MLImage"/>.</summary>
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
    /// <remarks>
    /// <see cref="MLImage"/> holds colours that are multiplied with their opacity, as it decodes and resizes pictures so: of the background
    /// comes what is left to full opacity.
    /// </remarks>
    /// <param name="image">The image.</param>
    /// <param name="background">The colour that shows through where it is transparent.</param>
    /// <param name="destination">Receives the values.</param>
    /// <param name="type">The type of the values.</param>
    public static void CopyTo(MLImage image, RgbColor background, Span<byte> destination, PixelType type)
    {
        var pixels = image.Pixels;
        var (red, blue) = image.PixelFormat == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
        var values = type == PixelType.Single ? MemoryMarshal.Cast<byte, float>(destination) : [];
        for (var to = 0; pixels.Length > 0; pixels = pixels[BytesPerPixel..], to += TlbConfig.Channels)
        {
            var (r, g, b, opacity) = (pixels[red], pixels[1], pixels[blue], pixels[3]);
            if (opacity < byte.MaxValue)
                (r, g, b) = (Over(r, background.Red, opacity), Over(g, background.Green, opacity), Over(b, background.Blue, opacity));
            if (type == PixelType.Byte)
                (destination[to], destination[to + 1], destination[to + 2]) = (r, g, b);
            else
                (values[to], values[to + 1], values[to + 2]) = (r, g, b);
        }
    }

    /// <summary>A colour over another, rounded; a picture that holds more colour than its opacity has room for is cut at white.</summary>
    private static byte Over(byte color, byte background, byte opacity)
    {
        const int Full = byte.MaxValue;
        return (byte)Math.Min(Full, color + (background * (Full - opacity) + Full / 2) / Full);
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
