namespace Tlb.ML;

/// <summary>A cursor over the input where no computed column is asked for: nothing is computed.</summary>
/// <param name="mapper">The columns.</param>
/// <param name="input">The cursor over the input.</param>
/// <param name="active">The indexes of the active columns, none of them a computed one.</param>
internal sealed class TlbPassingCursor(TlbRowMapper mapper, DataViewRowCursor input, IReadOnlySet<int> active) : DataViewRowCursor
{
    private readonly OutputGetters _getters = new(mapper, input, active, scores: null);

    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _getters.Get<TValue>(column);

    public override bool MoveNext() => input.MoveNext();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}
