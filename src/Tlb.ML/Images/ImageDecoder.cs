using System.Runtime.InteropServices;
using SkiaSharp;

namespace Tlb.ML;

/// <summary>Decodes images upright, none larger than it may be. Used by one thread at a time.</summary>
internal sealed class ImageDecoder
{
    private const int MostKept = 16 << 20;

    private byte[] _kept = [];                                               // used again: files come one after the other

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumPixels">The most pixels that it may have.</param>
    /// <returns>The image, the caller's to dispose; its tag is the path.</returns>
    /// <exception cref="InvalidDataException">It can't be used; the message says why.</exception>
    public MLImage DecodeFile(string path, int maximumPixels)
    {
        var image = Decode(ReadFile(path, maximumPixels), maximumPixels);
        image.Tag = path;
        return image;
    }

    /// <summary>Decodes the bytes of a file.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="maximumPixels">The most pixels that it may have.</param>
    /// <returns>The image, the caller's to dispose.</returns>
    /// <exception cref="InvalidDataException">It can't be used; the message says why.</exception>
    public static MLImage Decode(ArraySegment<byte> bytes, int maximumPixels)
    {
        var source = ImageBytes.Of(bytes);
        if (ImageFileCheck.FindProblem(source, maximumPixels) is { } problem)
            throw new InvalidDataException(problem);
        var image = Decode(source);
        var origin = Origin(source, bytes);
        if (origin == SKEncodedOrigin.TopLeft)
            return image;
        using (image)
            return Turn(image, origin);
    }

    private static MLImage Decode(ImageBytes source)
    {
        using var stream = source.Open();
        try
        {
            return MLImage.CreateFromStream(stream);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException(UnreadableImage.Undecodable, e);
        }
    }

    private ArraySegment<byte> ReadFile(string path, int maximumPixels)
    {
        if ((ImageFileCheck.FindProblem(path, out var length) ?? ImageFileCheck.FindLengthProblem(length, maximumPixels)) is { } problem)
            throw new InvalidDataException(problem);
        var bytes = length <= _kept.Length ? _kept : new byte[length];
        if (length <= MostKept)
            _kept = bytes;
        using var file = File.OpenHandle(path);
        var read = 0;
        while (read < length && RandomAccess.Read(file, bytes.AsSpan(read, (int)length - read), read) is > 0 and var count)
            read += count;
        return new(bytes, 0, read);
    }

    /// <summary>Which corner the first pixel belongs in, as EXIF has it of cameras that are held upright or upside down.</summary>
    private static SKEncodedOrigin Origin(ImageBytes source, ReadOnlySpan<byte> bytes)
    {
        // To look for the names of such a block, in JPEG and in WebP, takes a fraction of what the decoder takes to open a file.
        if (bytes.IndexOf("Exif\0"u8) < 0 && bytes.IndexOf("EXIF"u8) < 0)
            return SKEncodedOrigin.TopLeft;
        using var stream = source.Open();
        using var codec = SKCodec.Create(stream);
        return codec.EncodedOrigin;
    }

    private static MLImage Turn(MLImage image, SKEncodedOrigin origin)
    {
        var (width, height) = (image.Width, image.Height);
        // The place of the first pixel of the upright image, and what leads from there to the next on its right and to the next below.
        var (first, right, down) = origin switch
        {
            SKEncodedOrigin.TopRight => (width - 1, -1, width),
            SKEncodedOrigin.BottomRight => (width * height - 1, -1, -width),
            SKEncodedOrigin.BottomLeft => (width * (height - 1), 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (width * (height - 1), -width, 1),
            SKEncodedOrigin.RightBottom => (width * height - 1, -width, -1),
            SKEncodedOrigin.LeftBottom => (width - 1, width, -1),
            _ => (0, 1, width),
        };
        if (Math.Abs(right) == width)
            (width, height) = (height, width);                               // of the upright image from here on
        var source = MemoryMarshal.Cast<byte, uint>(image.Pixels);
        var target = new uint[source.Length];                                // [H, W] pixels of four bytes
        for (var y = 0; y < height; y++)
            for (var (x, place) = (0, first + y * down); x < width; x++, place += right)
                target[y * width + x] = source[place];
        return MLImage.CreateFromPixels(width, height, image.PixelFormat, MemoryMarshal.AsBytes(target.AsSpan()));
    }
}
