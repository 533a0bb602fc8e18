using System.Buffers;
using System.Buffers.Binary;

namespace Microsoft.ML.Data;

internal static unsafe class PngCodec
{
    private const int ChunkOverhead = 12;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static DecodedImage Decode(ReadOnlySpan<byte> data)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        var png = new LibPng.Image { Version = LibPng.Image.CurrentVersion };
        try
        {
            var size = CopyWhatCounts(data, buffer);
            fixed (byte* file = buffer)
            {
                if (LibPng.BeginRead(ref png, file, (nuint)size) == 0)
                    throw new ImageFormatException(png.Message);
                var isOpaque = (png.Format & LibPng.FormatAlpha) == 0;
                png.Format = LibPng.FormatRgba | LibPng.FormatBgr;
                png.Flags |= LibPng.FlagDeepIsSrgb;
                var image = DecodedImage.Rent((int)png.Width, (int)png.Height, isOpaque);
                try
                {
                    fixed (byte* pixels = image.Buffer)
                    {
                        if (LibPng.FinishRead(ref png, null, pixels, 0, null) == 0)
                            throw new ImageFormatException(png.Message);
                    }
                    if (!isOpaque)
                        Premultiplied.FromStraight(image.Pixels);
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
            LibPng.Free(ref png);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static byte[] Encode(DecodedImage image, MLPixelFormat format)
    {
        var straight = image.Pixels.ToArray();
        if (!image.IsOpaque)
            Premultiplied.ToStraight(straight);
        var png = new LibPng.Image
        {
            Version = LibPng.Image.CurrentVersion,
            Width = (uint)image.Width,
            Height = (uint)image.Height,
            Format = LibPng.FormatRgba | (format == MLPixelFormat.Bgra32 ? LibPng.FormatBgr : 0),
        };
        // Deflate and its framing add far less than a tenth to what they cannot pack.
        var buffer = new byte[straight.Length + straight.Length / 10 + image.Height + 1024];
        var size = (nuint)buffer.Length;
        fixed (byte* target = buffer, pixels = straight)
        {
            if (LibPng.Write(ref png, target, ref size, 0, pixels, 0, null) == 0)
                throw new ImageFormatException(png.Message);
        }
        return buffer.AsSpan(0, (int)size).ToArray();
    }

    /// <summary>
    /// Copies the chunks that make up the picture. Left out are the others, above all those about colour spaces: the
    /// packages take samples as they stand, and libpng would convert them. A file that ends early is refused here.
    /// </summary>
    private static int CopyWhatCounts(ReadOnlySpan<byte> data, Span<byte> target)
    {
        Signature.CopyTo(target);
        var (read, written) = (Signature.Length, Signature.Length);
        while (true)
        {
            var rest = data[read..];
            if (rest.Length < ChunkOverhead || BinaryPrimitives.ReadUInt32BigEndian(rest) > rest.Length - ChunkOverhead)
                throw new ImageFormatException("PNG data ends early");
            var size = ChunkOverhead + (int)BinaryPrimitives.ReadUInt32BigEndian(rest);
            var type = rest.Slice(4, 4);
            // Chunks that a reader must know begin with a capital letter.
            if (type[0] is >= (byte)'A' and <= (byte)'Z' || type.SequenceEqual("tRNS"u8))
            {
                rest[..size].CopyTo(target[written..]);
                written += size;
            }
            if (type.SequenceEqual("IEND"u8))
                return written;
            read += size;
        }
    }
}
