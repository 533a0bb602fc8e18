namespace Tlb.ML;

/// <summary>What stands behind a data view.</summary>
internal static class DataViews
{
    /// <summary>Whether a view adds columns to another one row by row, as the stages of most transformers do.</summary>
    /// <param name="view">The view.</param>
    /// <param name="mapper">What adds the columns.</param>
    /// <param name="source">The view it adds them to.</param>
    public static bool TryGetSource(IDataView view, out IRowToRowMapper mapper, out IDataView source)
    {
        if (view is IRowToRowMapper and IDataTransform transform && ((IRowToRowMapper)view).InputSchema == transform.Source.Schema)
        {
            (mapper, source) = ((IRowToRowMapper)view, transform.Source);
            return true;
        }
        (mapper, source) = (null!, null!);
        return false;
    }
}
