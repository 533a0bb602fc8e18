using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A data view over another one.</summary>
internal abstract class TransformBase : IDataTransform
{
    protected readonly IHost Host;

    protected TransformBase(IHostEnvironment env, string name, IDataView input)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckNonWhiteSpace(name, nameof(name));
        env.CheckValue(input, nameof(input));
        Host = env.Register(name);
        Source = input;
    }

    public IDataView Source { get; }

    public virtual bool CanShuffle => Source.CanShuffle;

    public virtual DataViewSchema OutputSchema => Source.Schema;

    DataViewSchema IDataView.Schema => OutputSchema;

    public abstract long? GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var predicate = RowCursorUtils.FromColumnsToPredicate(columnsNeeded, OutputSchema);
        var random = CanShuffle ? rand : null;
        if (ShouldUseParallelCursors(predicate) != false
            && DataViewUtils.TryCreateConsolidatingCursor(out var cursor, this, columnsNeeded, Host, random))
            return cursor;
        return GetRowCursorCore(columnsNeeded, random);
    }

    public abstract DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null);

    /// <summary>False: a single cursor reads alone. True or null: it may be made of a set.</summary>
    protected abstract bool? ShouldUseParallelCursors(Func<int, bool> predicate);

    protected abstract DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null);
}
