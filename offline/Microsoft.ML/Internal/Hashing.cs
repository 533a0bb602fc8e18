using System.Numerics;

namespace Microsoft.ML.Internal.Utilities;

/// <summary>Murmur3, 32 bits.</summary>
internal static class Hashing
{
    public static uint MurmurRound(uint hash, uint chunk)
    {
        chunk = BitOperations.RotateLeft(chunk * 0xCC9E2D51, 15) * 0x1B873593;
        return BitOperations.RotateLeft(hash ^ chunk, 13) * 5 + 0xE6546B64;
    }

    public static uint MixHash(uint hash)
    {
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }

    public static uint MixHash(uint hash, int length) => MixHash(hash ^ (uint)length);

    /// <summary>
    /// Hashes text as UTF-8, a surrogate at a time. Characters beyond ASCII also move the bytes that wait in front
    /// of them, which is the packages' own variation and not Murmur3's.
    /// </summary>
    public static uint MurmurHashV2(uint hash, ReadOnlySpan<char> text)
    {
        var length = 0;
        ulong waiting = 0;
        var bits = 0;
        foreach (uint c in text)
        {
            switch (c)
            {
                case <= 0x7F:
                    waiting |= (ulong)c << bits;
                    bits += 8;
                    break;
                case <= 0x7FF:
                    waiting |= (ulong)(c & 0x3F | c << 2 & 0x1F00 | 0xC080) << bits;
                    waiting = (waiting & 0xFF) << 8 | waiting >> 8;
                    bits += 16;
                    break;
                default:
                    waiting |= (ulong)(c & 0x3F | c << 2 & 0x3F00 | c << 4 & 0x0F0000 | 0xE08080) << bits;
                    waiting = (waiting & 0xFF) << 16 | (waiting >> 8 & 0xFF) << 8 | waiting >> 16;
                    bits += 24;
                    break;
            }
            if (bits >= 32)
            {
                hash = MurmurRound(hash, (uint)waiting);
                waiting >>= 32;
                bits -= 32;
                length += 4;
            }
        }
        length += bits / 8;
        var tail = (uint)(waiting & (1UL << 8 * (length & 3)) - 1);
        hash ^= BitOperations.RotateLeft(tail * 0xCC9E2D51, 15) * 0x1B873593;
        return MixHash(hash, length);
    }
}
