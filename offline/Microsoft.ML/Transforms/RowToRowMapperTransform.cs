using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A data view with the columns of a row mapper added.</summary>
internal sealed class RowToRowMapperTransform : TransformBase, IRowToRowMapper
{
    private readonly IRowMapper _mapper;
    private readonly ColumnBindings _bindings;

    public RowToRowMapperTransform(IHostEnvironment env, IDataView input, IRowMapper mapper)
        : base(env, nameof(RowToRowMapperTransform), input)
    {
        Contracts.CheckValue(mapper, nameof(mapper));
        _mapper = mapper;
        _bindings = new ColumnBindings(input.Schema, mapper.GetOutputColumns());
    }

    public override DataViewSchema OutputSchema => _bindings.Schema;

    public DataViewSchema InputSchema => Source.Schema;

    public override long? GetRowCount() => Source.GetRowCount();

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = GetActive(columnsNeeded, out var inputColumns);
        var inputs = Source.GetRowCursorSet(inputColumns, n, rand);
        if (inputs.Length == 1 && n > 1 && _bindings.AddedColumnIndices.Any(i => active[i]))
            inputs = DataViewUtils.CreateSplitCursors(Host, inputs[0], n);
        return [.. inputs.Select(input => new Cursor(Host, input, this, active))];
    }

    IEnumerable<DataViewSchema.Column> IRowToRowMapper.GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        GetActive(dependingColumns, out var inputColumns);
        return inputColumns;
    }

    DataViewRow IRowToRowMapper.GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Host.CheckValue(input, nameof(input));
        Host.CheckValue(activeColumns, nameof(activeColumns));
        Host.Check(input.Schema == Source.Schema, "Schema of input row must be the same as the schema the mapper is bound to");
        using var channel = Host.Start("GetEntireRow");
        var active = new bool[OutputSchema.Count];
        foreach (var column in activeColumns)
            active[column.Index] = true;
        return new Row(input, this, active);
    }

    protected override bool? ShouldUseParallelCursors(Func<int, bool> predicate) =>
        _bindings.AddedColumnIndices.Any(predicate) ? true : null;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = GetActive(columnsNeeded, out var inputColumns);
        return new Cursor(Host, Source.GetRowCursor(inputColumns, rand), this, active);
    }

    private bool[] GetActive(IEnumerable<DataViewSchema.Column> columnsNeeded, out IEnumerable<DataViewSchema.Column> inputColumns)
    {
        var predicate = RowCursorUtils.FromColumnsToPredicate(columnsNeeded, OutputSchema);
        bool[] active = [.. Enumerable.Range(0, OutputSchema.Count).Select(predicate)];
        var passedOn = _bindings.GetActiveInput(predicate);
        var needed = _mapper.GetDependencies(ActiveAddedColumns(active));
        inputColumns = InputSchema.Where(c => passedOn[c.Index] || needed(c.Index));
        return active;
    }

    private Func<int, bool> ActiveAddedColumns(bool[] active) =>
        added => 0 <= added && added < _bindings.AddedColumnIndices.Count && active[_bindings.AddedColumnIndices[added]];

    private sealed class Row : WrappingRow
    {
        private readonly RowToRowMapperTransform _parent;
        private readonly Delegate[] _getters;
        private readonly Action _disposer;

        public Row(DataViewRow input, RowToRowMapperTransform parent, bool[] active)
            : base(input)
        {
            _parent = parent;
            _getters = parent._mapper.CreateGetters(input, parent.ActiveAddedColumns(active), out _disposer);
        }

        public override DataViewSchema Schema => _parent.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            var index = _parent._bindings.MapColumnIndex(out var isSource, column.Index);
            return isSource ? Input.IsColumnActive(Input.Schema[index]) : _getters[index] is not null;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var index = _parent._bindings.MapColumnIndex(out var isSource, column.Index);
            return isSource ? Input.GetGetter<TValue>(Input.Schema[index]) : RowCursorUtils.Cast<TValue>(null, _getters[index]);
        }

        protected override void DisposeCore(bool disposing)
        {
            if (disposing)
                _disposer?.Invoke();
        }
    }

    private sealed class Cursor : SynchronizedCursorBase
    {
        private readonly ColumnBindings _bindings;
        private readonly bool[] _active;
        private readonly Delegate[] _getters;
        private readonly Action _disposer;
        private bool _disposed;

        public Cursor(IChannelProvider provider, DataViewRowCursor input, RowToRowMapperTransform parent, bool[] active)
            : base(provider, input)
        {
            _bindings = parent._bindings;
            _active = active;
            _getters = parent._mapper.CreateGetters(input, parent.ActiveAddedColumns(active), out _disposer);
        }

        public override DataViewSchema Schema => _bindings.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Ch.Check(column.Index < _active.Length);
            return _active[column.Index];
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.Check(IsColumnActive(column));
            var index = _bindings.MapColumnIndex(out var isSource, column.Index);
            return isSource ? Input.GetGetter<TValue>(Input.Schema[index]) : RowCursorUtils.Cast<TValue>(null, _getters[index]);
        }

        protected override void Dispose(bool disposing)
        {
            if (_disposed)
                return;
            if (disposing)
                _disposer?.Invoke();
            _disposed = true;
            base.Dispose(disposing);
        }
    }
}
