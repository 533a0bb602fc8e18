namespace Tlb.ML;

/// <summary>Looks at the first and last bytes of image files, to find those that are empty, cut short or no images.</summary>
/// <remarks>Decoders are lenient: many give half a picture for half a file. Reading a few bytes finds it before hours of training.</remarks>
internal static class ImageFileCheck
{
    private const int TailLength = 64;                                       // some programs append a few bytes to an image

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Finds what is wrong with a file.</summary>
    /// <returns>What is wrong; null for a file that looks like a whole image.</returns>
    public static string? FindProblem(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            if (length == 0)
                return "the file is empty.";
            Span<byte> head = stackalloc byte[12];
            Span<byte> tail = stackalloc byte[TailLength];
            head = head[..RandomAccess.Read(file, head, 0)];
            tail = tail[..RandomAccess.Read(file, tail, Math.Max(0, length - TailLength))];
            return FindProblem(head, tail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static string? FindProblem(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        const string CutShort = "the file is cut short: its end is missing.";
        if (head.StartsWith(JpegStart))
            return tail.IndexOf(JpegEnd) >= 0 ? null : CutShort;
        if (head.StartsWith(PngStart))
            return tail.IndexOf("IEND"u8) >= 0 ? null : CutShort;
        if (head.StartsWith("BM"u8) || head.StartsWith("GIF8"u8) || (head.Length == 12 && head.StartsWith("RIFF"u8) && head[8..].SequenceEqual("WEBP"u8)))
            return null;
        return "the file is not a JPEG, PNG, BMP, GIF or WebP image.";
    }
}
