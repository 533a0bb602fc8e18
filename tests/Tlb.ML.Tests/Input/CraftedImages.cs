using System.Buffers.Binary;
using System.IO.Compression;

namespace Tlb.ML.Tests;

/// <summary>Image files that no camera writes: damaged ones, and those whose headers ask for more than is in them.</summary>
internal static class CraftedImages
{
    /// <summary>A JPEG whose header is in order, and which has no pixels: only decoding it tells.</summary>
    public static byte[] Undecodable { get; } = [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xD9];

    /// <summary>Real files of all formats, small ones: JPEG baseline, progressive, grey, CMYK and rotated by EXIF, PNG with palette, 16 bits, interlaced, and so on.</summary>
    public static IReadOnlyList<string> RealFiles { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Input", "Pictures")).Order(StringComparer.Ordinal)];

    /// <summary>A black PNG of one bit per pixel, which compresses to nearly nothing.</summary>
    public static byte[] BlackPng(int width, int height)
    {
        var data = new MemoryStream();
        using (var zip = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            var line = new byte[1 + (width + 7) / 8];
            for (var y = 0; y < height; y++)
                zip.Write(line);
        }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;                                                       // bits of a grey pixel
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, data.ToArray()), .. Chunk("IEND"u8, [])];
    }

    /// <summary>A JPEG with its last scan repeated: each goes over all pixels again.</summary>
    public static byte[] ManyScans(byte[] jpeg, int count)
    {
        var last = jpeg.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        return [.. jpeg.AsSpan(0, jpeg.Length - 2), .. Enumerable.Repeat(jpeg[last..^2], count).SelectMany(scan => scan), .. jpeg.AsSpan(jpeg.Length - 2)];
    }

    /// <summary>A file that differs from a real one in a way that chance chooses.</summary>
    public static byte[] Damage(byte[] file, Random random)
    {
        file = [.. file];
        for (var times = random.Next(1, 4); times > 0 && file.Length > 0; times--)
            file = DamageOnce(file, random);
        return file;
    }

    private static byte[] DamageOnce(byte[] file, Random random)
    {
        var at = random.Next(file.Length);
        switch (random.Next(9))
        {
            case 0:                                                          // cut short
                return file[..at];
            case 1:                                                          // cut short, with the last bytes in their place
                return [.. file[..at], .. file[^Math.Min(12, file.Length)..]];
            case 2:                                                          // a part of it twice
                return [.. file[..at], .. file[(at / 2)..]];
            case 3:                                                          // bytes that don't belong there
                var bytes = new byte[random.Next(1, 40)];
                random.NextBytes(bytes);
                return [.. file[..at], .. bytes, .. file[at..]];
            case 4:                                                          // a hole
                Array.Clear(file, at, Math.Min(random.Next(1, 60), file.Length - at));
                break;
            case 5:                                                          // a number of the header is very large or small
                at = random.Next(Math.Min(file.Length, 200));
                int[] numbers = [0, 1, -1, 255, 4000, 10_000, 32_767, 65_535, 100_000, int.MaxValue, int.MinValue];
                var number = new byte[4];
                if (random.Next(2) == 0)
                    BinaryPrimitives.WriteInt32BigEndian(number, numbers[random.Next(numbers.Length)]);
                else
                    BinaryPrimitives.WriteInt32LittleEndian(number, numbers[random.Next(numbers.Length)]);
                var part = number.AsSpan(random.Next(3) == 0 ? 2 : 0);
                part[..Math.Min(part.Length, file.Length - at)].CopyTo(file.AsSpan(at));
                break;
            case 6:                                                          // a size that the format can have
                SetSize(file, random.Next(3) == 0 ? 1 : 1 << random.Next(1, 17), 1 << random.Next(1, 17));
                break;
            default:                                                         // a few bits
                for (var flips = random.Next(1, 9); flips > 0; flips--)
                    file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                break;
        }
        if (random.Next(2) == 0)
            MendPng(file);
        return file;
    }

    /// <summary>Writes another size into the header, where the format has it in one place.</summary>
    private static void SetSize(byte[] file, int width, int height)
    {
        var frame = Math.Max(file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]), file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC2]));
        if (file.AsSpan().StartsWith("BM"u8) && file.Length > 26)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        }
        else if (file.AsSpan().StartsWith("GIF8"u8) && file.Length > 10)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(6), (ushort)width);
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)height);
        }
        else if (file.Length > 33 && file[0] == 0x89)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        }
        else if (file.Length > 12 && file[0] == 0xFF && frame > 0 && frame + 9 <= file.Length)
        {
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), (ushort)Math.Max(1, height - 1));
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), (ushort)Math.Max(1, width - 1));
        }
    }

    /// <summary>Makes the checksum of a PNG's header right again, so that a decoder believes it.</summary>
    private static void MendPng(byte[] file)
    {
        if (file.Length > 33 && file[0] == 0x89)
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Crc(file.AsSpan(12, 17)));
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        name.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
