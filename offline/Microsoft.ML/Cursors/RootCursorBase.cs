using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A cursor with a position of its own, which ends by disposing of itself.</summary>
internal abstract class RootCursorBase : DataViewRowCursor
{
    protected readonly IChannel Ch;

    private long _position = -1;
    private bool _disposed;

    protected RootCursorBase(IChannelProvider provider)
    {
        Contracts.CheckValue(provider, nameof(provider));
        Ch = provider.Start("Cursor");
    }

    public sealed override long Position => _position;

    protected bool IsGood => _position >= 0;

    public sealed override bool MoveNext()
    {
        if (_disposed)
            return false;
        if (MoveNextCore())
        {
            _position++;
            return true;
        }
        Dispose();
        return false;
    }

    protected abstract bool MoveNextCore();

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        if (disposing)
        {
            Ch.Dispose();
            _position = -1;
        }
        _disposed = true;
        base.Dispose(disposing);
    }
}
