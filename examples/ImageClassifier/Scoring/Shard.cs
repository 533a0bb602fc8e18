using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tlb.Examples.ImageClassifier;

/// <summary>One of so many parts of the images. Which part an image is in depends on its path alone, on every machine.</summary>
/// <param name="Number">Which it is, from 1.</param>
/// <param name="Count">How many there are.</param>
internal sealed record Shard(int Number, int Count)
{
    /// <summary>Reads a text such as <c>2/4</c>.</summary>
    public static Shard Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && TryParse(parts[0], out var number) && TryParse(parts[1], out var count) && number >= 1 && number <= count
            ? new(number, count)
            : throw new FormatException($"--shard is '{text}'; expected i/n with i from 1 to n, such as 2/4.");

        static bool TryParse(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether an image is in it: by the first eight bytes of the SHA-256 of its path in UTF-8, read as a number (the first byte is the highest), modulo the number of shards.</summary>
    /// <param name="name">The path, relative to the folder of images, with forward slashes.</param>
    public bool Contains(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Count) == Number - 1;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Number}/{Count}");
}
