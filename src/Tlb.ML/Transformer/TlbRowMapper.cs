namespace Tlb.ML;

/// <summary>The columns of a transformer over one input schema, and rows with them.</summary>
internal sealed class TlbRowMapper : IRowToRowMapper
{
    private readonly DataViewSchema.Column _feature;

    public TlbRowMapper(TlbTransformer transformer, DataViewSchema inputSchema)
    {
        (Transformer, InputSchema) = (transformer, inputSchema);
        _feature = FeatureColumn.Check(inputSchema, transformer.FeatureColumnName);
        OutputSchema = OutputColumns.AddTo(inputSchema, transformer);
    }

    public TlbTransformer Transformer { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>The index of the score column; the predicted label follows it.</summary>
    public int ScoreIndex => InputSchema.Count;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var columns = dependingColumns.ToList();
        var needed = columns.Where(column => column.Index < ScoreIndex).Select(column => InputSchema[column.Index]);
        return columns.Any(column => column.Index >= ScoreIndex) ? needed.Append(_feature).Concat(RowNames.TextColumns(InputSchema)).DistinctBy(column => column.Index) : needed;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Schema != InputSchema)
            throw new ArgumentException("The row has another schema than the mapper was made for.", nameof(input));
        return new TlbRow(this, input, activeColumns);
    }

    /// <summary>Makes a scorer of the images of a row.</summary>
    public RowScorer CreateScorer(DataViewRow input) => new(Transformer, input, _feature);
}
