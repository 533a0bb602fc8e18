using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>
/// Writes a schema in the binary data view format, as a data view without rows: header, the columns' annotations
/// (each column's blocks, then the table of them), the table of columns, tail.
/// </summary>
internal sealed class BinarySaver
{
    private readonly CodecFactory _codecs;

    public BinarySaver(IHostEnvironment env) => _codecs = new CodecFactory(env.Register(nameof(BinarySaver)));

    public bool IsColumnSavable(DataViewType type) => _codecs.TryGetCodec(type, out _);

    public void SaveSchema(Stream stream, IReadOnlyCollection<DataViewSchema.Column> columns)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(new byte[Header.HeaderSize]);

        var annotationOffsets = columns.Select(column => WriteAnnotations(writer, column.Annotations)).ToArray();
        var header = new Header
        {
            Signature = Header.SignatureValue,
            Version = Header.WriterVersion,
            CompatibleVersion = Header.WriterVersion,
            TableOfContentsOffset = stream.Position,
            ColumnCount = columns.Count,
        };
        foreach (var (column, annotationOffset) in columns.Zip(annotationOffsets))
            WriteColumn(writer, column, annotationOffset);
        header.TailOffset = stream.Position;
        writer.Write(Header.TailSignatureValue);

        stream.Position = 0;
        writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(ref header)));
    }

    private void WriteColumn(BinaryWriter writer, DataViewSchema.Column column, long annotationOffset)
    {
        _codecs.TryGetCodec(column.Type, out var codec);
        writer.Write(column.Name);
        CodecFactory.Write(writer, codec);
        writer.Write((byte)CompressionKind.Deflate);
        // Rows to a block; there are no blocks, but zero is not a size.
        writer.Write7BitEncodedInt64(1);
        // The table of the column's blocks, which would stand right behind the header, is empty.
        writer.Write((long)Header.HeaderSize);
        writer.Write(annotationOffset);
    }

    /// <returns>The offset of the table, or 0 where no annotation can be written.</returns>
    private long WriteAnnotations(BinaryWriter writer, DataViewSchema.Annotations annotations)
    {
        var stream = writer.BaseStream;
        var written = new List<(string Kind, IValueCodec Codec, CompressionKind Compression, long Offset, long Size)>();
        foreach (var annotation in annotations.Schema)
        {
            if (!_codecs.TryGetCodec(annotation.Type, out var codec))
                continue;
            Contracts.Check(!written.Exists(w => w.Kind == annotation.Name), "Metadata with duplicate kind encountered, disallowed");
            var offset = stream.Position;
            var compression = WriteSmaller(stream, codec, annotations, annotation.Name);
            written.Add((annotation.Name, codec, compression, offset, stream.Position - offset));
        }
        if (written.Count == 0)
            return 0;

        var table = stream.Position;
        writer.Write7BitEncodedInt64(written.Count);
        foreach (var (kind, codec, compression, offset, size) in written)
        {
            writer.Write(kind);
            CodecFactory.Write(writer, codec);
            writer.Write((byte)compression);
            writer.Write(offset);
            writer.Write7BitEncodedInt64(size);
        }
        return table;
    }

    private static CompressionKind WriteSmaller(Stream stream, IValueCodec codec, DataViewSchema.Annotations annotations, string kind)
    {
        using var plain = new MemoryStream();
        codec.WriteAnnotation(plain, annotations, kind);
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionMode.Compress, leaveOpen: true))
            deflate.Write(plain.GetBuffer(), 0, (int)plain.Length);
        var smaller = plain.Length <= packed.Length ? plain : packed;
        smaller.WriteTo(stream);
        return smaller == plain ? CompressionKind.None : CompressionKind.Deflate;
    }
}
