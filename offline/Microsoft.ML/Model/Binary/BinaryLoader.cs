using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>Reads the schema of a data view in binary form, annotations included.</summary>
internal sealed class BinaryLoader
{
    private readonly IHost _host;
    private readonly CodecFactory _codecs;
    private readonly Stream _stream;
    private readonly BinaryReader _reader;

    public BinaryLoader(IHostEnvironment env, Stream stream)
    {
        _host = env.Register(nameof(BinaryLoader));
        _codecs = new CodecFactory(_host);
        _stream = stream;
        using (_reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true))
            Schema = ReadSchema();
    }

    public DataViewSchema Schema { get; }

    private DataViewSchema ReadSchema()
    {
        var header = ReadHeader();
        if (header.ColumnCount > 0)
            _stream.Position = header.TableOfContentsOffset;
        var schema = new DataViewSchema.Builder();
        for (var i = 0; i < header.ColumnCount; i++)
        {
            var name = _reader.ReadString();
            var known = _codecs.TryReadCodec(_stream, out var codec) & Enum.IsDefined((CompressionKind)_reader.ReadByte());
            _reader.Read7BitEncodedInt64(); // rows to a block
            _reader.ReadInt64();            // the table of blocks
            var annotations = _reader.ReadInt64();
            _host.CheckDecode(annotations == 0 || Header.HeaderSize <= annotations && annotations <= header.TailOffset,
                "Metadata TOC offset out of range");
            if (!known)
                continue;
            var next = _stream.Position;
            schema.AddColumn(name, codec.Type, annotations == 0 ? null : ReadAnnotations(annotations, header.TailOffset));
            _stream.Position = next;
        }
        return schema.ToSchema();
    }

    private Header ReadHeader()
    {
        var bytes = _reader.ReadBytes(Header.HeaderSize);
        if (bytes.Length != Header.HeaderSize)
            throw _host.ExceptDecode("Read only {0} bytes in file, expected header size of {1}", bytes.Length, Header.HeaderSize);
        var header = MemoryMarshal.Read<Header>(bytes);
        _host.CheckDecode(header.Signature == Header.SignatureValue, "This does not appear to be a binary dataview file");
        _host.CheckDecode(header.CompatibleVersion <= header.Version, "Compatibility version cannot be greater than file version");
        if (header.Version < Header.WriterVersion || header.CompatibleVersion > Header.WriterVersion)
            throw _host.Except("Cannot read data of version {0:x16}", header.Version);
        _host.CheckDecode(header.RowCount >= 0, "Row count cannot be negative");
        _host.CheckDecode(header.ColumnCount >= 0, "Column count cannot be negative");
        _host.CheckDecode(header.ColumnCount == 0 || header.TableOfContentsOffset >= Header.HeaderSize,
            "Table of contents offset less than header size, impossible");
        _host.CheckDecode(header.TailOffset >= Header.HeaderSize, "Tail offset less than header size, impossible");
        _stream.Position = header.TailOffset;
        _host.CheckDecode(_reader.ReadUInt64() == Header.TailSignatureValue, "Incorrect tail signature");
        return header;
    }

    private DataViewSchema.Annotations ReadAnnotations(long table, long tail)
    {
        _stream.Position = table;
        var annotations = new DataViewSchema.Annotations.Builder();
        var count = _reader.Read7BitEncodedInt64();
        _host.CheckDecode(0 < count && count < int.MaxValue, "Bad number of metadata TOC entries read");
        for (var i = 0; i < count; i++)
        {
            var kind = _reader.ReadString();
            _host.CheckDecode(kind.Length > 0, "Metadata kind must be non-empty string");
            var known = _codecs.TryReadCodec(_stream, out var codec);
            var compression = (CompressionKind)_reader.ReadByte();
            var offset = _reader.ReadInt64();
            var size = _reader.Read7BitEncodedInt64();
            _host.CheckDecode(Header.HeaderSize <= offset && offset <= tail, "Metadata block offset out of range");
            _host.CheckDecode(0 < size && size <= tail - offset, "Metadata block size out of range");
            if (!known || !Enum.IsDefined(compression))
                continue;
            var next = _stream.Position;
            annotations.Add(kind, codec.Type, ReadBlock(codec, compression, offset, size));
            _stream.Position = next;
        }
        return annotations.ToAnnotations();
    }

    private Delegate ReadBlock(IValueCodec codec, CompressionKind compression, long offset, long size)
    {
        _stream.Position = offset;
        using var block = new MemoryStream(_reader.ReadBytes(checked((int)size)));
        if (compression == CompressionKind.None)
            return codec.ReadAnnotation(block);
        using var unpacked = new MemoryStream();
        using (var deflate = new DeflateStream(block, CompressionMode.Decompress))
            deflate.CopyTo(unpacked);
        unpacked.Position = 0;
        return codec.ReadAnnotation(unpacked);
    }
}
