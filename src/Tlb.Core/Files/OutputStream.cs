namespace Tlb.Core;

/// <summary>A file being written, which remembers that a write failed.</summary>
/// <param name="file">The file; it stays open.</param>
internal sealed class OutputStream(FileStream file) : Stream
{
    /// <summary>Why a write failed; null if none did.</summary>
    public IOException? Failure { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => file.CanSeek;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    /// <summary>Sees to it that all is on the disk.</summary>
    public override void Flush()
    {
        try
        {
            file.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            Failure ??= e;
            throw;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => file.SetLength(value);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (IOException e)
        {
            Failure ??= e;
            throw;
        }
        catch (ArgumentOutOfRangeException e)                                // .NET's word for a file larger than the file system or a limit allows
        {
            throw Failure = new($"The file '{file.Name}' would be larger than this system allows.", e);
        }
    }
}
