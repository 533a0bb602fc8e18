namespace TorchSharp.Utils;

/// <summary>Non-negative integers, seven bits to a byte, lowest first; the top bit says that more follow.</summary>
internal static class LEB128Codec
{
    public static void Encode(BinaryWriter writer, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value > 0x7f; value >>= 7) writer.Write((byte)(value | 0x80));
        writer.Write((byte)value);
    }

    public static long Decode(BinaryReader reader)
    {
        long value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = reader.ReadByte();
            value |= (long)(part & 0x7f) << shift;
            if ((part & 0x80) == 0) return value;
        }
        throw new InvalidDataException("A number is longer than 64 bits.");
    }
}
