using Microsoft.ML.Transforms.Image;

namespace Tlb.ML;

/// <summary>Data with the scores and the predicted labels of their images, computed in batches as they are read.</summary>
internal sealed partial class TlbDataView(TlbRowMapper mapper, IDataView input) : IDataView
{
    private readonly RowChain _chain = new(input);

    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var columns = columnsNeeded.ToList();
        var active = TlbRowMapper.Indexes(columns);
        var random = CanShuffle ? rand : null;
        return ScoresInBatches(active)
            ? new TlbBatchCursor(mapper, _chain, _chain.Root.GetRowCursor(TlbBatchCursor.RootColumns(mapper, _chain, active), random), active)
            : new TlbRowCursor(mapper, input.GetRowCursor(mapper.NeededColumns(active), random), columns);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToList();
        var active = TlbRowMapper.Indexes(columns);
        var random = CanShuffle ? rand : null;
        return ScoresInBatches(active)
            ? [.. _chain.Root.GetRowCursorSet(TlbBatchCursor.RootColumns(mapper, _chain, active), n, random).Select(cursor => new TlbBatchCursor(mapper, _chain, cursor, active))]
            : [.. input.GetRowCursorSet(mapper.NeededColumns(active), n, random).Select(cursor => new TlbRowCursor(mapper, cursor, columns))];
    }

    /// <summary>
    /// Whether rows are read ahead. Not where none is scored, and not where the caller wants objects that come from the root, such as
    /// images in memory: they may last for one row only, and must be handed out as they are. To be scored, images can be copied.
    /// </summary>
    private bool ScoresInBatches(HashSet<int> active) => mapper.IsComputed(active)
        && _chain.RootColumns(mapper.InputColumns(active)).TrueForAll(column => ColumnBuffer.CanKeep(column.Type))
        && _chain.RootColumns(mapper.ScoringColumns).TrueForAll(column => ColumnBuffer.CanKeep(column.Type) || column.Type is ImageDataViewType);
}
