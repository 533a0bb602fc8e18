namespace Tlb.ML;

/// <summary>The getters of a row: those of the input's columns, and the two that are computed.</summary>
/// <param name="mapper">The columns.</param>
/// <param name="input">The row of the input.</param>
/// <param name="active">The indexes of the active columns.</param>
/// <param name="scores">The computed columns; null if none is active.</param>
internal sealed class OutputGetters(TlbRowMapper mapper, DataViewRow input, IReadOnlySet<int> active, IRowScores? scores)
{
    public bool IsActive(DataViewSchema.Column column)
    {
        if (column.Index >= mapper.OutputSchema.Count)
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not of this schema.");
        return active.Contains(column.Index);
    }

    public ValueGetter<TValue> Get<TValue>(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        if (column.Index < mapper.ScoreIndex)
            return input.GetGetter<TValue>(mapper.InputSchema[column.Index]);
        Delegate getter = column.Index == mapper.ScoreIndex ? (ValueGetter<VBuffer<float>>)scores!.GetScore : (ValueGetter<uint>)scores!.GetPredictedLabel;
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Invalid TValue in GetGetter: '{typeof(TValue)}'; the column '{column.Name}' holds '{column.Type.RawType}'.");
    }
}
