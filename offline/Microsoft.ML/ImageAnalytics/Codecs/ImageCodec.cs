namespace Microsoft.ML.Data;

/// <summary>Decodes and encodes the formats that the native libraries read: JPEG and PNG.</summary>
internal static class ImageCodec
{
    private static readonly byte[] JpegStart = [0xFF, 0xD8, 0xFF];

    /// <summary>Decodes into the order blue, green, red, alpha, which is the packages' order on Linux.</summary>
    public static DecodedImage Decode(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith(JpegStart))
            return JpegCodec.Decode(data);
        if (data.StartsWith(PngCodec.Signature))
            return PngCodec.Decode(data);
        throw new ImageFormatException(data.IsEmpty ? "it is empty" : $"it is {NameOf(data)}, not JPEG or PNG");
    }

    public static byte[] Encode(DecodedImage image, MLPixelFormat format, string extension) => extension.ToLowerInvariant() switch
    {
        ".jpg" or ".jpeg" => JpegCodec.Encode(image, format),
        ".png" => PngCodec.Encode(image, format),
        _ => null,
    };

    private static string NameOf(ReadOnlySpan<byte> data) => data switch
    {
        _ when data.StartsWith("GIF8"u8) => "GIF",
        _ when data.StartsWith("BM"u8) => "BMP",
        _ when data.StartsWith("RIFF"u8) && data.Length >= 12 && data[8..].StartsWith("WEBP"u8) => "WebP",
        _ => "of an unknown format",
    };
}
