namespace Tlb.ML;

/// <summary>Data with the scores and the predicted labels of their images, computed as they are read.</summary>
internal sealed class TlbDataView(TlbRowMapper mapper, IDataView input) : IDataView
{
    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var columns = columnsNeeded.ToList();
        return new TlbRowCursor(mapper, input.GetRowCursor(mapper.GetDependencies(columns), rand), columns);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToList();
        return [.. input.GetRowCursorSet(mapper.GetDependencies(columns), n, rand).Select(cursor => new TlbRowCursor(mapper, cursor, columns))];
    }
}
