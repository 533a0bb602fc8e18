namespace Tlb.ML;

/// <summary>A cursor over the input that scores one row at a time, when it is asked to: where no computed column is active, nothing is computed.</summary>
/// <param name="mapper">The columns.</param>
/// <param name="input">The cursor over the input.</param>
/// <param name="active">The active columns.</param>
internal sealed class TlbRowCursor(TlbRowMapper mapper, DataViewRowCursor input, IEnumerable<DataViewSchema.Column> active) : DataViewRowCursor
{
    private readonly TlbRow _row = new(mapper, input, active);

    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

    public override bool MoveNext() => input.MoveNext();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _row.Dispose();
        base.Dispose(disposing);
    }
}
