using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A cursor that moves with another one, row for row.</summary>
internal abstract class SynchronizedCursorBase : DataViewRowCursor
{
    internal readonly DataViewRowCursor Root;
    protected readonly IChannel Ch;

    private bool _disposed;

    protected SynchronizedCursorBase(IChannelProvider provider, DataViewRowCursor input)
    {
        Ch = provider.Start("Cursor");
        Input = input;
        Root = (input as SynchronizedCursorBase)?.Root ?? input;
    }

    public sealed override long Position => Root.Position;

    public sealed override long Batch => Root.Batch;

    protected DataViewRowCursor Input { get; }

    protected bool IsGood => Position >= 0;

    public sealed override bool MoveNext() => Root.MoveNext();

    public sealed override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        if (disposing)
        {
            Input.Dispose();
            Ch.Dispose();
        }
        base.Dispose(disposing);
        _disposed = true;
    }
}
