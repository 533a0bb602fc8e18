namespace Microsoft.ML.Data;

/// <summary>Makes output rows over input rows, one for one.</summary>
public interface IRowToRowMapper
{
    DataViewSchema InputSchema { get; }

    DataViewSchema OutputSchema { get; }

    /// <summary>The input columns that the given output columns are computed from.</summary>
    IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns);

    /// <summary>A row that follows <paramref name="input"/> and disposes of it.</summary>
    DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns);
}
