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
        set => Try(() => file.Position = value);
    }

    public override void Flush() => Try(file.Flush);

    public override long Seek(long offset, SeekOrigin origin)
    {
        Try(() => file.Seek(offset, origin));
        return file.Position;
    }

    public override void SetLength(long value) => Try(() => file.SetLength(value));

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
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (IOException e)
        {
            Failure ??= e;
            throw;
        }
    }
}
