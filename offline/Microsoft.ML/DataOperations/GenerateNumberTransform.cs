using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Adds a column of random numbers from 0 to 1, the same ones for every cursor.</summary>
internal sealed class GenerateNumberTransform : TransformBase
{
    private readonly TauswortheHybrid.State _state;
    private readonly ColumnBindings _bindings;

    public GenerateNumberTransform(IHostEnvironment env, IDataView input, string name, uint? seed = null)
        : base(env, "GenerateNumber", input)
    {
        _state = new TauswortheHybrid.State(seed ?? 42);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        _bindings = new ColumnBindings(input.Schema,
            [new DataViewSchema.DetachedColumn(name, NumberDataViewType.Single, annotations.ToAnnotations())]);
    }

    public override DataViewSchema OutputSchema => _bindings.Schema;

    // A number belongs to a place, not to a row.
    public override bool CanShuffle => false;

    public override long? GetRowCount() => Source.GetRowCount();

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var inputColumns = GetInputColumns(columnsNeeded, out var active);
        var inputs = n > 1 && !active[_bindings.AddedColumnIndices[0]]
            ? Source.GetRowCursorSet(inputColumns, n)
            : [Source.GetRowCursor(inputColumns)];
        return [.. inputs.Select(input => new Cursor(this, input, active))];
    }

    protected override bool? ShouldUseParallelCursors(Func<int, bool> predicate) =>
        predicate(_bindings.AddedColumnIndices[0]) ? false : null;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var inputColumns = GetInputColumns(columnsNeeded, out var active);
        return new Cursor(this, Source.GetRowCursor(inputColumns), active);
    }

    private IEnumerable<DataViewSchema.Column> GetInputColumns(IEnumerable<DataViewSchema.Column> columnsNeeded, out bool[] active)
    {
        var predicate = RowCursorUtils.FromColumnsToPredicate(columnsNeeded, OutputSchema);
        active = Utils.BuildArray(OutputSchema.Count, columnsNeeded);
        var needed = _bindings.GetActiveInput(predicate);
        return Source.Schema.Where(c => needed[c.Index]);
    }

    private sealed class Cursor(GenerateNumberTransform parent, DataViewRowCursor input, bool[] active)
        : SynchronizedCursorBase(parent.Host, input)
    {
        private readonly TauswortheHybrid _random = new(parent._state);
        private long _drawn = -1;
        private float _value;

        public override DataViewSchema Schema => parent.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Ch.Check(column.Index < active.Length);
            return active[column.Index];
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.Check(IsColumnActive(column));
            var index = parent._bindings.MapColumnIndex(out var isSource, column.Index);
            return isSource
                ? Input.GetGetter<TValue>(Input.Schema[index])
                : RowCursorUtils.Cast<TValue>(Ch, (ValueGetter<float>)Draw);
        }

        private void Draw(ref float value)
        {
            Ch.Check(IsGood, RowCursorUtils.FetchValueStateError);
            for (; _drawn < Input.Position; _drawn++)
                _value = _random.NextSingle();
            value = _value;
        }
    }
}
