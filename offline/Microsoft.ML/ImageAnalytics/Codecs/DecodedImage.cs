using System.Buffers;

namespace Microsoft.ML.Data;

/// <summary>
/// Pixels of four bytes, rows without gaps, in a buffer of the shared pool that may be longer. Colours are multiplied
/// by their alpha, as the packages hold them.
/// </summary>
internal readonly record struct DecodedImage(byte[] Buffer, int Width, int Height, bool IsOpaque)
{
    public const int BytesPerPixel = 4;

    public Span<byte> Pixels => Buffer.AsSpan(0, Width * Height * BytesPerPixel);

    /// <exception cref="ArgumentException">An image of that size does not fit into a buffer.</exception>
    public static DecodedImage Rent(int width, int height, bool isOpaque)
    {
        var size = (long)width * height * BytesPerPixel;
        if (width <= 0 || height <= 0 || size > Array.MaxLength)
            throw new ImageFormatException($"its size of {width} x {height} pixels is not supported");
        return new DecodedImage(ArrayPool<byte>.Shared.Rent((int)size), width, height, isOpaque);
    }

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}

/// <summary>Says why data is not an image that can be read.</summary>
internal sealed class ImageFormatException(string message) : Exception(message);
