using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Makes one data view from another, lazily.</summary>
public interface ITransformer : ICanSaveModel
{
    DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    IDataView Transform(IDataView input);

    /// <summary>Whether each output row comes from one input row alone.</summary>
    bool IsRowToRowMapper { get; }

    IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);
}
