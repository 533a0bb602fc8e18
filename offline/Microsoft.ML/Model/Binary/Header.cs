using System.Runtime.InteropServices;

namespace Microsoft.ML.Data.IO;

/// <summary>How a block of the binary data view format is packed.</summary>
internal enum CompressionKind : byte
{
    None = 0,
    Deflate = 1,
}

/// <summary>The first 256 bytes of a data view in binary form. Offsets count from the start of the stream.</summary>
[StructLayout(LayoutKind.Explicit, Size = HeaderSize)]
internal struct Header
{
    public const int HeaderSize = 0x100;

    /// <summary>The bytes "CML", 0, "DVB", 0; the tail has them backwards.</summary>
    public const ulong SignatureValue = 0x00425644004C4D43;

    public const ulong TailSignatureValue = 0x434D4C0044564200;

    /// <summary>The one version that is written, and the oldest that is read: before it the types were others.</summary>
    public const ulong WriterVersion = 0x0001000100010006;

    [FieldOffset(0x00)] public ulong Signature;
    [FieldOffset(0x08)] public ulong Version;
    [FieldOffset(0x10)] public ulong CompatibleVersion;
    [FieldOffset(0x18)] public long TableOfContentsOffset;
    [FieldOffset(0x20)] public long TailOffset;
    [FieldOffset(0x28)] public long RowCount;
    [FieldOffset(0x30)] public int ColumnCount;
}
