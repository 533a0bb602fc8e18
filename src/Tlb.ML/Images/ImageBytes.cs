using Microsoft.Win32.SafeHandles;

namespace Tlb.ML;

/// <summary>The bytes of an image file, on the disk or in memory.</summary>
internal abstract class ImageBytes
{
    /// <summary>How many there are.</summary>
    public abstract long Length { get; }

    /// <summary>The bytes of an open file.</summary>
    /// <param name="file">The file; it stays the caller's to close.</param>
    /// <param name="path">Its path.</param>
    /// <param name="length">Its length.</param>
    public static ImageBytes Of(SafeFileHandle file, string path, long length) => new OnDisk(file, path, length);

    /// <summary>Bytes in memory.</summary>
    public static ImageBytes Of(ArraySegment<byte> bytes) => new InMemory(bytes);

    /// <summary>Reads at a place.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="offset">The place.</param>
    /// <returns>How many there were: fewer than asked for at the end.</returns>
    public abstract int Read(Span<byte> target, long offset);

    /// <summary>Opens a stream over all of them, for a decoder. It is the caller's to dispose.</summary>
    public abstract Stream Open();

    private sealed class OnDisk(SafeFileHandle file, string path, long length) : ImageBytes
    {
        public override long Length => length;

        public override int Read(Span<byte> target, long offset) => RandomAccess.Read(file, target, offset);

        public override Stream Open() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    private sealed class InMemory(ArraySegment<byte> bytes) : ImageBytes
    {
        public override long Length => bytes.Count;

        public override int Read(Span<byte> target, long offset)
        {
            if (offset >= bytes.Count)
                return 0;
            var rest = bytes.AsSpan((int)offset);
            rest = rest[..Math.Min(rest.Length, target.Length)];
            rest.CopyTo(target);
            return rest.Length;
        }

        public override Stream Open() => new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
    }
}
