using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A cursor over the rows of another one, but not one for one.</summary>
internal abstract class LinkedRootCursorBase : RootCursorBase
{
    private bool _disposed;

    protected LinkedRootCursorBase(IChannelProvider provider, DataViewRowCursor input)
        : base(provider)
    {
        Input = input;
        Root = (input as SynchronizedCursorBase)?.Root ?? input;
    }

    protected DataViewRowCursor Input { get; }

    /// <summary>What moves the input.</summary>
    protected DataViewRowCursor Root { get; }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        if (disposing)
            Input.Dispose();
        _disposed = true;
        base.Dispose(disposing);
    }
}

/// <summary>A cursor over some rows of another one of the same schema.</summary>
internal abstract class LinkedRowRootCursorBase : LinkedRootCursorBase
{
    private readonly bool[] _active;

    protected LinkedRowRootCursorBase(IChannelProvider provider, DataViewRowCursor input, DataViewSchema schema, bool[] active)
        : base(provider, input)
    {
        Ch.CheckValue(schema, nameof(schema));
        Ch.Check(active is null || active.Length == schema.Count);
        Schema = schema;
        _active = active;
    }

    public sealed override DataViewSchema Schema { get; }

    public override long Batch => Input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    public sealed override bool IsColumnActive(DataViewSchema.Column column)
    {
        Ch.Check(column.Index < Schema.Count);
        return _active is null || _active[column.Index];
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Input.GetGetter<TValue>(column);
}

/// <summary>A cursor that skips the rows it does not accept.</summary>
internal abstract class LinkedRowFilterCursorBase : LinkedRowRootCursorBase
{
    protected LinkedRowFilterCursorBase(IChannelProvider provider, DataViewRowCursor input, DataViewSchema schema, bool[] active)
        : base(provider, input, schema, active)
    {
    }

    protected abstract bool Accept();

    protected override bool MoveNextCore()
    {
        while (Root.MoveNext())
        {
            if (Accept())
                return true;
        }
        return false;
    }
}
