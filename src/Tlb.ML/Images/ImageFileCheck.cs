using System.Buffers.Binary;
using System.Globalization;

namespace Tlb.ML;

/// <summary>
/// Looks at the first and last bytes of image files, to find those that are empty, cut short, no images, or larger than they may be.
/// Nothing is decoded.
/// </summary>
/// <remarks>
/// Decoders are lenient: many give half a picture for half a file. Reading a few bytes finds it before hours of training. And they
/// take the memory that a file asks for: a picture of a few kilobytes may have more pixels than fit a machine.
/// </remarks>
internal static class ImageFileCheck
{
    private const int HeadLength = 34;                                       // of a BMP up to its compression
    private const int TailLength = 64;                                       // some programs append a few bytes to an image
    private const int BytesPerPixel = 4;
    private const int SmallFile = 16 << 20;                                  // an animation of small pictures may be as long
    private const int MostScans = 20;                                        // of the most pixels: cameras and programs write some ten

    private const string CutShort = "the file is cut short: its end is missing.";

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    private static ReadOnlySpan<byte> JpegScan => [0xFF, 0xDA];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> GifEnd => [0x00, 0x3B];                // the end of the last block, and the trailer

    /// <summary>Finds what is wrong with a file.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maximumPixels">The most pixels that it may have.</param>
    /// <returns>What is wrong; null for a file that looks like a whole image.</returns>
    public static string? FindProblem(string path, int maximumPixels)
    {
        try
        {
            if (FindProblem(path, out var length) is { } problem)
                return problem;
            using var file = File.OpenHandle(path);
            return FindProblem(ImageBytes.Of(file, path, length), maximumPixels);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Finds what keeps a path from being read as a file, before it is opened: to open a pipe would wait for ever.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="length">The bytes that it has.</param>
    public static string? FindProblem(string path, out long length)
    {
        length = 0;
        var info = new FileInfo(path);
        if (info.LinkTarget is not null)
            info = (FileInfo)info.ResolveLinkTarget(returnFinalTarget: true)!;
        if (!info.Exists)
            return info.FullName == Path.GetFullPath(path) ? "there is no such file." : $"it is a link to '{info.FullName}', which doesn't exist.";
        length = info.Length;
        return length > 0 ? null : "the file is empty, or no file but a pipe, a socket or a device.";   // those have no length
    }

    /// <summary>Finds whether a file has more bytes than an image of so many pixels needs: decoders hold it in memory beside the pixels.</summary>
    public static string? FindLengthProblem(long length, int maximumPixels)
    {
        var most = Math.Max(SmallFile, (long)BytesPerPixel * maximumPixels);
        return length <= most ? null : Text($"the file has {length:N0} bytes; expected no more than {most:N0}, for images of up to {maximumPixels:N0} pixels.");
    }

    /// <summary>Finds what is wrong with the bytes of a file.</summary>
    public static string? FindProblem(ImageBytes bytes, int maximumPixels)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        Span<byte> tail = stackalloc byte[TailLength];
        head = head[..bytes.Read(head, 0)];
        tail = tail[..bytes.Read(tail, Math.Max(0, bytes.Length - TailLength))];
        if ((FindProblem(head, tail, bytes.Length) ?? FindLengthProblem(bytes.Length, maximumPixels)) is { } problem)
            return problem;
        if (ImageHeader.Read(bytes, head) is not { } header)
            return "the file is damaged: its header can't be read.";
        if (header.Width < 1 || header.Height < 1)
            return Text($"the image is {header.Width}x{header.Height} pixels.");
        if ((long)header.Width * header.Height > maximumPixels)
            return Text($"the image is {header.Width}x{header.Height} pixels; expected no more than {maximumPixels:N0} in all. Make it smaller, or raise maximumPixels.");
        if (!header.MayHaveManyScans)
            return null;
        var scans = CountScans(bytes);
        var mostPixels = (long)MostScans * maximumPixels;
        return (long)scans * header.Width * header.Height <= mostPixels
            ? null
            : Text($"the {header.Width}x{header.Height} pixels of the image are gone through {scans:N0} times to decode it; expected no more than {mostPixels:N0} pixels in all, {MostScans} times maximumPixels. Save it anew.");
    }

    private static string? FindProblem(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, long length)
    {
        if (head.StartsWith(JpegStart))
            return tail.IndexOf(JpegEnd) >= 0 ? null : CutShort;
        if (head.StartsWith(PngStart))
            return tail.IndexOf("IEND"u8) >= 0 ? null : CutShort;
        if (head.StartsWith("GIF8"u8))
            return tail.IndexOf(GifEnd) >= 0 ? null : CutShort;
        if (head.StartsWith("RIFF"u8) && head.Length >= 12 && head[8..12].SequenceEqual("WEBP"u8))
            return length >= 8L + BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) ? null : CutShort;
        if (head.StartsWith("BM"u8))
            return length >= BitmapLength(head) ? null : CutShort;
        return "the file is not a JPEG, PNG, BMP, GIF or WebP image.";
    }

    /// <summary>The bytes of a BMP, as far as its header says how many there are.</summary>
    private static Int128 BitmapLength(ReadOnlySpan<byte> head)
    {
        if (head.Length < HeadLength || BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) < 40)
            return 0;                                                        // the header of OS/2: left to the decoder
        var (width, height) = (BinaryPrimitives.ReadInt32LittleEndian(head[18..]), BinaryPrimitives.ReadInt32LittleEndian(head[22..]));
        var (bits, compression) = (BinaryPrimitives.ReadUInt16LittleEndian(head[28..]), BinaryPrimitives.ReadUInt32LittleEndian(head[30..]));
        var isPlain = compression is 0 or 3 && width > 0 && bits is > 0 and <= 32;
        return isPlain ? BinaryPrimitives.ReadUInt32LittleEndian(head[10..]) + ((Int128)width * bits + 31) / 32 * 4 * Math.Abs((long)height) : 0;
    }

    /// <summary>
    /// Counts the scans of a JPEG. A scan of a few bytes may go over all pixels, and the decoder takes up to 100 of them: a small file of
    /// very many pixels would take ten seconds.
    /// </summary>
    private static int CountScans(ImageBytes bytes)
    {
        var buffer = new byte[64 << 10];
        var count = 0;
        for (long offset = 0; bytes.Read(buffer, offset) is > 1 and var read; offset += read - 1)   // a marker may lie across two reads
            count += buffer.AsSpan(0, read).Count(JpegScan);
        return count;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
