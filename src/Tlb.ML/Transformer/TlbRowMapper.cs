namespace Tlb.ML;

/// <summary>The columns of a transformer over one input schema, and rows with them.</summary>
internal sealed class TlbRowMapper : IRowToRowMapper
{
    public TlbRowMapper(TlbTransformer transformer, DataViewSchema inputSchema)
    {
        (Transformer, InputSchema) = (transformer, inputSchema);
        Feature = FeatureColumn.Check(inputSchema, transformer.FeatureColumnName);
        OutputSchema = OutputColumns.AddTo(inputSchema, transformer);
    }

    public TlbTransformer Transformer { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>The image column of the input.</summary>
    public DataViewSchema.Column Feature { get; }

    /// <summary>The index of the score column; the predicted label follows it.</summary>
    public int ScoreIndex => InputSchema.Count;

    /// <summary>The columns that scoring looks at: the images, and the texts that name a row in a message.</summary>
    public IEnumerable<DataViewSchema.Column> ScoringColumns => RowNames.TextColumns(InputSchema).Prepend(Feature).DistinctBy(column => column.Index);

    /// <summary>Whether any of some output columns is computed.</summary>
    public bool IsComputed(IEnumerable<int> columns) => columns.Any(column => column >= ScoreIndex);

    /// <summary>The input columns among some output columns.</summary>
    public IEnumerable<DataViewSchema.Column> InputColumns(IEnumerable<int> columns) => columns.Where(column => column < ScoreIndex).Select(column => InputSchema[column]);

    /// <summary>The input columns that some output columns need.</summary>
    public IEnumerable<DataViewSchema.Column> NeededColumns(IReadOnlyCollection<int> columns)
    {
        var needed = InputColumns(columns);
        return IsComputed(columns) ? needed.Concat(ScoringColumns).DistinctBy(column => column.Index) : needed;
    }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        NeededColumns([.. dependingColumns.Select(column => column.Index)]);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Schema != InputSchema)
            throw new ArgumentException("The row has another schema than the mapper was made for.", nameof(input));
        return new TlbRow(this, input, activeColumns);
    }
}
