using System.Buffers.Binary;
using System.Text;

namespace Tlb.ML.Tests.ModelFormat;

/// <summary>
/// A model stream taken apart by the offsets of its header, which are written out here once more: what a file holds
/// must not depend on the code that wrote it.
/// </summary>
internal sealed class ModelStream
{
    private const int HeaderSize = 0x100;

    private readonly byte[] _bytes;

    public ModelStream(byte[] bytes)
    {
        _bytes = bytes;
        Assert.Equal("ML\0MODEL", Ascii(0x00, 8));
        Assert.Equal(0x00010002u, UInt32(0x08)); // version of the header, written
        Assert.Equal(0x00010002u, UInt32(0x0C)); // and readable from
        Assert.Equal(HeaderSize, Int64(0x10));   // the model follows the header
        var next = HeaderSize + Int64(0x18);
        Body = bytes[HeaderSize..(int)next];

        var (table, tableSize, chars, charsSize) = (Int64(0x20), Int64(0x28), Int64(0x30), Int64(0x38));
        if (table == 0)
            Assert.Equal((0, 0, 0), (tableSize, chars, charsSize));
        else
        {
            Assert.Equal((next, next + tableSize), (table, chars));
            var ends = Enumerable.Range(0, (int)tableSize / 8).Select(i => (int)Int64((int)table + 8 * i)).ToArray();
            Strings = [.. ends.Select((end, i) => Utf16((int)chars + (i == 0 ? 0 : ends[i - 1]), (int)chars + end))];
            Assert.Equal(charsSize, ends[^1]);
            next = chars + charsSize;
        }

        Signature = Ascii(0x40, 8);
        Written = UInt32(0x48);
        Readable = UInt32(0x4C);
        Loader = Ascii(0x50, 24).TrimEnd('\0');
        Assert.Equal("", Ascii(0x68, 24).TrimEnd('\0')); // a second loader
        Assert.Equal(next, Int64(0x90));
        var assemblySize = UInt32(0x98);
        AssemblyName = Utf16((int)next, (int)(next + assemblySize));
        next += assemblySize;

        Assert.Equal(next, Int64(0x80));
        Assert.Equal("LEDOM\0LM", Ascii((int)next, 8));
        Assert.Equal(next + 8, Int64(0x88));
        Assert.Equal(next + 8, bytes.Length);
        Assert.All(bytes[0x9C..HeaderSize], b => Assert.Equal(0, b));
    }

    public byte[] Body { get; }

    public string[] Strings { get; } = [];

    /// <summary>Eight characters, zeros included.</summary>
    public string Signature { get; }

    public uint Written { get; }

    public uint Readable { get; }

    public string Loader { get; }

    public string AssemblyName { get; }

    public string BodyHex => Convert.ToHexStringLower(Body);

    private string Ascii(int at, int size) => Encoding.Latin1.GetString(_bytes, at, size);

    private string Utf16(int from, int to) => Encoding.Unicode.GetString(_bytes, from, to - from);

    private uint UInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private long Int64(int at) => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at));
}
