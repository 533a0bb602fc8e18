using System.Buffers.Binary;
using System.Text;

namespace Tlb.Core;

/// <summary>A message in protobuf's wire format: fields are added one after the other, then all of it is written.</summary>
/// <remarks>What is added is held, not copied, until it is written: a message of large tensors takes little more memory than they do.</remarks>
internal sealed class ProtobufMessage
{
    private const int Varint = 0, Delimited = 2, Fixed32 = 5;                // wire types
    private const int BufferSize = 1 << 16;                                  // bytes: most parts have a few only

    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    /// <summary>The bytes of the message.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a whole number or the number of an enum's member.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="value">Its value.</param>
    public ProtobufMessage Integer(int field, long value) => Append(Varints(Tag(field, Varint), (ulong)value));

    /// <summary>Adds a 32-bit float.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="value">Its value.</param>
    public ProtobufMessage Single(int field, float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Append(Varints(Tag(field, Fixed32))).Append(bytes);
    }

    /// <summary>Adds a text.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="value">Its value.</param>
    public ProtobufMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds bytes.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="value">Its value, which must not change any more.</param>
    public ProtobufMessage Bytes(int field, ReadOnlyMemory<byte> value) => Append(Varints(Tag(field, Delimited), (ulong)value.Length)).Append(value);

    /// <summary>Adds a message.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="value">Its value. Fields that are added to it later are not seen.</param>
    public ProtobufMessage Message(int field, ProtobufMessage value)
    {
        Append(Varints(Tag(field, Delimited), (ulong)value.Length));
        _parts.AddRange(value._parts);
        Length += value.Length;
        return this;
    }

    /// <summary>Writes the message.</summary>
    /// <param name="stream">Where to.</param>
    public void WriteTo(Stream stream)
    {
        var buffered = new BufferedStream(stream, BufferSize);               // not disposed: the stream is the caller's
        foreach (var part in _parts)
            buffered.Write(part.Span);
        buffered.Flush();
    }

    private ProtobufMessage Append(ReadOnlyMemory<byte> part)
    {
        _parts.Add(part);
        Length += part.Length;
        return this;
    }

    private static ulong Tag(int field, int wireType) => (ulong)(field << 3 | wireType);

    /// <summary>Whole numbers in groups of seven bits, lowest first; of each number's bytes all but the last have the eighth bit set.</summary>
    private static byte[] Varints(params ReadOnlySpan<ulong> values)
    {
        List<byte> bytes = [];
        foreach (var value in values)
        {
            var rest = value;
            for (; rest > 0x7F; rest >>= 7)
                bytes.Add((byte)(rest & 0x7F | 0x80));
            bytes.Add((byte)rest);
        }
        return [.. bytes];
    }
}
