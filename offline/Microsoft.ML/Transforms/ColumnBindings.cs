using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A schema with columns added: at its end, or behind the column of the same name, which they hide.</summary>
internal sealed class ColumnBindings
{
    // For each output column the index of an input column, or the complement of an added one's.
    private readonly List<int> _sources;

    public ColumnBindings(DataViewSchema input, DataViewSchema.DetachedColumn[] addedColumns)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckValue(addedColumns, nameof(addedColumns));
        InputSchema = input;
        _sources = [.. Enumerable.Range(0, input.Count)];
        string NameOf(int source) => source >= 0 ? input[source].Name : addedColumns[~source].Name;
        for (var i = 0; i < addedColumns.Length; i++)
        {
            var hidden = _sources.FindLastIndex(source => NameOf(source) == addedColumns[i].Name);
            _sources.Insert(hidden < 0 ? _sources.Count : hidden + 1, ~i);
        }
        Schema = SchemaExtensions.MakeSchema(_sources.Select(s => s >= 0 ? new DataViewSchema.DetachedColumn(input[s]) : addedColumns[~s]));
        AddedColumnIndices = [.. Enumerable.Range(0, addedColumns.Length).Select(i => _sources.IndexOf(~i))];
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema Schema { get; }

    public IReadOnlyList<int> AddedColumnIndices { get; }

    public int MapColumnIndex(out bool isSrcColumn, int col)
    {
        var source = _sources[col];
        isSrcColumn = source >= 0;
        return isSrcColumn ? source : ~source;
    }

    /// <summary>The input columns that are passed on as active output columns.</summary>
    public bool[] GetActiveInput(Func<int, bool> predicate)
    {
        var active = new bool[InputSchema.Count];
        for (var i = 0; i < _sources.Count; i++)
        {
            if (_sources[i] >= 0 && predicate(i))
                active[_sources[i]] = true;
        }
        return active;
    }
}
