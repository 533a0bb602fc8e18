namespace Tlb.ML;

/// <summary>A data view as stages that add columns row by row to a root, which is what a cursor has to read.</summary>
/// <remarks>
/// Stages compute a column when it is asked for. With the root's values of some rows in memory, each row's image can so be read
/// and decoded by any thread, while the root is gone through once and in order.
/// </remarks>
internal sealed class RowChain
{
    private readonly List<IRowToRowMapper> _mappers = [];

    /// <summary>Takes a view apart.</summary>
    public RowChain(IDataView view)
    {
        Root = view;
        while (DataViews.TryGetSource(Root, out var mapper, out var source))
        {
            _mappers.Insert(0, mapper);
            Root = source;
        }
    }

    /// <summary>What is below all stages.</summary>
    public IDataView Root { get; }

    /// <summary>The root's columns that are needed to compute columns of the view.</summary>
    public List<DataViewSchema.Column> RootColumns(IEnumerable<DataViewSchema.Column> columns) => NeededColumns(columns)[0];

    /// <summary>Makes a row of the view over a row of the root.</summary>
    /// <param name="rootRow">The row of the root; it is disposed with the row made.</param>
    /// <param name="columns">The columns of the view that will be asked for.</param>
    public DataViewRow CreateRow(DataViewRow rootRow, IEnumerable<DataViewSchema.Column> columns)
    {
        var needed = NeededColumns(columns);
        for (var i = 0; i < _mappers.Count; i++)
            rootRow = _mappers[i].GetRow(rootRow, needed[i + 1]);
        return rootRow;
    }

    /// <summary>The columns needed of the root and of the result of each stage.</summary>
    private List<DataViewSchema.Column>[] NeededColumns(IEnumerable<DataViewSchema.Column> columns)
    {
        var needed = new List<DataViewSchema.Column>[_mappers.Count + 1];
        needed[^1] = [.. columns];
        for (var i = _mappers.Count - 1; i >= 0; i--)
            needed[i] = [.. _mappers[i].GetDependencies(needed[i + 1])];
        return needed;
    }
}
