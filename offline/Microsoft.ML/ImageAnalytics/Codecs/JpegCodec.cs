using System.Runtime.InteropServices;

namespace Microsoft.ML.Data;

internal static unsafe class JpegCodec
{
    // What the packages encode with: full quality, colours at half the resolution.
    private const int Quality = 100;

    public static DecodedImage Decode(ReadOnlySpan<byte> data)
    {
        var handle = TurboJpeg.InitDecompress();
        try
        {
            fixed (byte* jpeg = data)
            {
                var size = new CULong((nuint)data.Length);
                if (TurboJpeg.DecompressHeader(handle, jpeg, size, out var width, out var height, out _, out var colorspace) != 0)
                    ThrowIfDamaged(handle);
                var image = DecodedImage.Rent(width, height, isOpaque: true);
                try
                {
                    var inks = colorspace is TurboJpeg.ColorspaceCmyk or TurboJpeg.ColorspaceYcck;
                    fixed (byte* pixels = image.Buffer)
                    {
                        if (TurboJpeg.Decompress(handle, jpeg, size, pixels, width, 0, height,
                            inks ? TurboJpeg.FormatCmyk : TurboJpeg.FormatBgra, 0) != 0)
                            ThrowIfDamaged(handle);
                    }
                    if (inks)
                        ConvertInks(image.Pixels);
                    return image;
                }
                catch
                {
                    image.Return();
                    throw;
                }
            }
        }
        finally
        {
            TurboJpeg.Destroy(handle);
        }
    }

    public static byte[] Encode(DecodedImage image, MLPixelFormat format)
    {
        var handle = TurboJpeg.InitCompress();
        byte* jpeg = null;
        try
        {
            CULong size = default;
            fixed (byte* pixels = image.Buffer)
            {
                if (TurboJpeg.Compress(handle, pixels, image.Width, 0, image.Height,
                    format == MLPixelFormat.Bgra32 ? TurboJpeg.FormatBgra : TurboJpeg.FormatRgba, ref jpeg, ref size,
                    TurboJpeg.Subsample420, Quality, 0) != 0)
                    throw new ImageFormatException(TurboJpeg.GetError(handle));
            }
            return new ReadOnlySpan<byte>(jpeg, (int)size.Value).ToArray();
        }
        finally
        {
            TurboJpeg.Free(jpeg);
            TurboJpeg.Destroy(handle);
        }
    }

    /// <summary>
    /// Stricter than the packages, which show whatever could be decoded: an image that lacks data is no image. The one
    /// thing let pass is padding before the end marker, which cameras write and which takes nothing away.
    /// </summary>
    private static void ThrowIfDamaged(nint handle)
    {
        var error = TurboJpeg.GetError(handle);
        if (TurboJpeg.GetErrorCode(handle) != TurboJpeg.ErrorIsWarning
            || !error.EndsWith("extraneous bytes before marker 0xd9", StringComparison.Ordinal))
            throw new ImageFormatException(error);
    }

    /// <summary>Cyan, magenta, yellow and black stand inverted in JPEG files, as Adobe's programs write them.</summary>
    private static void ConvertInks(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += DecodedImage.BytesPerPixel)
        {
            var pixel = pixels.Slice(i, DecodedImage.BytesPerPixel);
            var (cyan, magenta, yellow, black) = (pixel[0], pixel[1], pixel[2], pixel[3]);
            pixel[0] = (byte)((yellow * black + 127) / 255);
            pixel[1] = (byte)((magenta * black + 127) / 255);
            pixel[2] = (byte)((cyan * black + 127) / 255);
            pixel[3] = byte.MaxValue;
        }
    }
}
