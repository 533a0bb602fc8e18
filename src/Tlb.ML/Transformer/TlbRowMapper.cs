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
    public List<DataViewSchema.Column> ScoringColumns
    {
        get
        {
            var columns = new List<DataViewSchema.Column>();
            foreach (var column in InputSchema)
                if (column.Index == Feature.Index || RowNames.IsName(column))
                    columns.Add(column);
            return columns;
        }
    }

    /// <summary>Whether any of some output columns is computed.</summary>
    public bool IsComputed(IReadOnlySet<int> columns) => columns.Contains(ScoreIndex) || columns.Contains(ScoreIndex + 1);

    /// <summary>The input columns among some output columns.</summary>
    public List<DataViewSchema.Column> InputColumns(IReadOnlySet<int> columns)
    {
        var found = new List<DataViewSchema.Column>();
        foreach (var column in InputSchema)
            if (columns.Contains(column.Index))
                found.Add(column);
        return found;
    }

    /// <summary>The input columns that some output columns need.</summary>
    public List<DataViewSchema.Column> NeededColumns(IReadOnlySet<int> columns)
    {
        var needed = InputColumns(columns);
        if (IsComputed(columns))
            foreach (var column in ScoringColumns)
                if (!columns.Contains(column.Index))
                    needed.Add(column);
        return needed;
    }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) => NeededColumns(Indexes(dependingColumns));

    /// <summary>The indexes of columns.</summary>
    public static HashSet<int> Indexes(IEnumerable<DataViewSchema.Column> columns)
    {
        var indexes = new HashSet<int>();
        foreach (var column in columns)
            indexes.Add(column.Index);
        return indexes;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Schema != InputSchema)
            throw new ArgumentException("The row has another schema than the mapper was made for.", nameof(input));
        return new TlbRow(this, input, activeColumns);
    }
}
