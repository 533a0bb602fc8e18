namespace Tlb.ML;

/// <summary>A row of the input with the scores and the predicted label of its image: a prediction engine's.</summary>
internal sealed class TlbRow : DataViewRow
{
    private readonly TlbRowMapper _mapper;
    private readonly DataViewRow _input;
    private readonly OutputGetters _getters;

    public TlbRow(TlbRowMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        (_mapper, _input) = (mapper, new SharedImageRow(input, mapper.Feature));
        var active = TlbRowMapper.Indexes(activeColumns);
        _getters = new(mapper, _input, active, mapper.IsComputed(active) ? new RowScorer(mapper.Transformer, _input, mapper.Feature) : null);
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _getters.Get<TValue>(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _input.Dispose();
        base.Dispose(disposing);
    }
}
