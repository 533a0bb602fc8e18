using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Some columns of a data view, in any order.</summary>
internal sealed class ColumnSubsetView : IDataView, IRowToRowMapper
{
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly int[] _sources;

    public ColumnSubsetView(IHostEnvironment env, string name, IDataView source, int[] sources)
    {
        _host = env.Register(name);
        _source = source;
        _sources = sources;
        OutputSchema = MakeSchema(source.Schema, sources);
    }

    public bool CanShuffle => _source.CanShuffle;

    public DataViewSchema Schema => OutputSchema;

    public DataViewSchema InputSchema => _source.Schema;

    public DataViewSchema OutputSchema { get; }

    public static DataViewSchema MakeSchema(DataViewSchema input, int[] sources) =>
        SchemaExtensions.MakeSchema(sources.Select(i => new DataViewSchema.DetachedColumn(input[i])));

    /// <summary>The columns whose values can be kept while the cursor moves on.</summary>
    public static IDataView WithoutUncacheable(IHostEnvironment env, IDataView input)
    {
        if (input.Schema.All(c => c.Type.IsCacheable()))
            return input;
        int[] kept = [.. input.Schema.Where(c => c.Type.IsCacheable()).Select(c => c.Index)];
        Contracts.Check(kept.Length > 0, "Choose columns by index has no output column.");
        return new ColumnSubsetView(env, "ChooseColumnsByIndex", input, kept);
    }

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = Utils.BuildArray(OutputSchema.Count, columnsNeeded);
        return new Cursor(this, _source.GetRowCursor(GetDependencies(columnsNeeded), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = Utils.BuildArray(OutputSchema.Count, columnsNeeded);
        return [.. _source.GetRowCursorSet(GetDependencies(columnsNeeded), n, rand).Select(input => new Cursor(this, input, active))];
    }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = dependingColumns.Select(c => _sources[c.Index]).ToHashSet();
        return InputSchema.Where(c => needed.Contains(c.Index));
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new Row(this, input);

    private sealed class Row(ColumnSubsetView parent, DataViewRow input) : WrappingRow(input)
    {
        public override DataViewSchema Schema => parent.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            Input.GetGetter<TValue>(Input.Schema[parent._sources[column.Index]]);
    }

    private sealed class Cursor(ColumnSubsetView parent, DataViewRowCursor input, bool[] active)
        : SynchronizedCursorBase(parent._host, input)
    {
        public override DataViewSchema Schema => parent.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            Input.GetGetter<TValue>(Input.Schema[parent._sources[column.Index]]);
    }
}
