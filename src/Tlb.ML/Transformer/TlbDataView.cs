namespace Tlb.ML;

/// <summary>Data with the scores and the predicted labels of their images, computed in batches as they are read.</summary>
internal sealed class TlbDataView(TlbRowMapper mapper, IDataView input) : IDataView
{
    private readonly RowChain _chain = new(input);

    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = columnsNeeded.Select(column => column.Index).ToHashSet();
        var random = CanShuffle ? rand : null;
        return mapper.IsComputed(active)
            ? new TlbBatchCursor(mapper, _chain, _chain.Root.GetRowCursor(TlbBatchCursor.RootColumns(mapper, _chain, active), random), active)
            : new TlbPassingCursor(mapper, input.GetRowCursor(mapper.InputColumns(active), random), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = columnsNeeded.Select(column => column.Index).ToHashSet();
        var random = CanShuffle ? rand : null;
        return mapper.IsComputed(active)
            ? [.. _chain.Root.GetRowCursorSet(TlbBatchCursor.RootColumns(mapper, _chain, active), n, random).Select(cursor => new TlbBatchCursor(mapper, _chain, cursor, active))]
            : [.. input.GetRowCursorSet(mapper.InputColumns(active), n, random).Select(cursor => new TlbPassingCursor(mapper, cursor, active))];
    }
}
