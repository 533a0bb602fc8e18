namespace Tlb.ML;

/// <summary>The getters of a row: those of the input's columns, and the two that are computed.</summary>
internal sealed class OutputGetters
{
    private readonly TlbRowMapper _mapper;
    private readonly DataViewRow _input;
    private readonly HashSet<int> _active;
    private readonly RowScorer? _scorer;

    public OutputGetters(TlbRowMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        (_mapper, _input) = (mapper, input);
        _active = [.. activeColumns.Select(column => column.Index)];
        if (_active.Any(index => index >= mapper.ScoreIndex))
            _scorer = mapper.CreateScorer(input);
    }

    public bool IsActive(DataViewSchema.Column column)
    {
        if (column.Index >= _mapper.OutputSchema.Count)
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not of this schema.");
        return _active.Contains(column.Index);
    }

    public ValueGetter<TValue> Get<TValue>(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        if (column.Index < _mapper.ScoreIndex)
            return _input.GetGetter<TValue>(_mapper.InputSchema[column.Index]);
        Delegate getter = column.Index == _mapper.ScoreIndex ? (ValueGetter<VBuffer<float>>)_scorer!.GetScore : (ValueGetter<uint>)_scorer!.GetPredictedLabel;
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Invalid TValue in GetGetter: '{typeof(TValue)}'; the column '{column.Name}' holds '{column.Type.RawType}'.");
    }
}
