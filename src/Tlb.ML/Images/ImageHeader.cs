using System.Buffers.Binary;
using SkiaSharp;

namespace Tlb.ML;

/// <summary>What an image file says of itself before anything is decoded.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="MayHaveManyScans">Whether its pixels may be gone through again and again: a JPEG that isn't sequential.</param>
internal readonly record struct ImageHeader(int Width, int Height, bool MayHaveManyScans = false)
{
    private const int MostSegments = 100;
    private const int PngSizeOffset = 16;
    private const int JpegStartLength = 2;

    /// <summary>Reads the header of a file, whatever its format; null for one that can't be read or where the decoder can't make anything of it.</summary>
    public static ImageHeader? Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var bytes = ImageBytes.Of(file, path, RandomAccess.GetLength(file));
            Span<byte> head = stackalloc byte[PngSizeOffset + 8];
            return Read(bytes, head[..bytes.Read(head, 0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the header of a file, whatever its format; null where the decoder can't make anything of it.</summary>
    /// <remarks>
    /// JPEG and PNG, which most files are, say their size at places that are found with a read or a few. All others, and all that is not
    /// plain, are left to the decoder, which takes some 60 microseconds.
    /// </remarks>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="head">The first of them.</param>
    public static ImageHeader? Read(ImageBytes bytes, ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, ..] => ReadJpeg(bytes) ?? Decoded(bytes),
        [0x89, (byte)'P', ..] when head.Length >= PngSizeOffset + 8 && head[12..PngSizeOffset].SequenceEqual("IHDR"u8) =>
            new(BinaryPrimitives.ReadInt32BigEndian(head[PngSizeOffset..]), BinaryPrimitives.ReadInt32BigEndian(head[(PngSizeOffset + 4)..])),
        _ => Decoded(bytes),
    };

    /// <summary>What the decoder makes of the header.</summary>
    private static ImageHeader? Decoded(ImageBytes bytes)
    {
        using var stream = bytes.Open();
        using var codec = SKCodec.Create(stream);
        return codec is null ? null : new(codec.Info.Width, codec.Info.Height, codec.EncodedFormat == SKEncodedImageFormat.Jpeg);
    }

    /// <summary>Walks over the segments of a JPEG to the one with its size; null for a file that isn't a plain row of segments up to there.</summary>
    private static ImageHeader? ReadJpeg(ImageBytes bytes)
    {
        Span<byte> segment = stackalloc byte[9];                             // FF, marker, length (2), precision, height (2), width (2)
        long offset = JpegStartLength;
        for (var i = 0; i < MostSegments && bytes.Read(segment, offset) == segment.Length; i++)
        {
            if (segment is not [0xFF, >= 0xC0 and < 0xFF and not (>= 0xD0 and <= 0xDA), ..])
                return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
            if (IsFrame(segment[1]))
                return new(BinaryPrimitives.ReadUInt16BigEndian(segment[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment[5..]), segment[1] is not (0xC0 or 0xC1));
            offset += 2 + length;
        }
        return null;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
