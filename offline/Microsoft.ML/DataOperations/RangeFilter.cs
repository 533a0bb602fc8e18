using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Keeps the rows whose value lies in a range; of keys, their place among all keys, from 0 to 1.</summary>
internal sealed class RangeFilter : TransformBase
{
    private readonly Range _range;
    private readonly int _index;
    private readonly DataViewType _type;
    private readonly bool _includeMax;

    public RangeFilter(IHostEnvironment env, IDataView input, Range range)
        : base(env, "RangeFilter", input)
    {
        _range = range;
        if (!input.Schema.TryGetColumnIndex(range.Column, out _index))
            throw Host.ExceptUserArg(nameof(range.Column), "Source column '{0}' not found", range.Column);
        _type = input.Schema[_index].Type;
        using var channel = Host.Start("Checking parameters");
        if (!IsValidRangeFilterColumnType(_type))
            throw channel.ExceptUserArg(nameof(range.Column), "Column '{0}' does not have compatible type", range.Column);
        if (!(range.Min <= range.Max))
            throw channel.ExceptUserArg(nameof(range.Min), "min must be less than or equal to max");
        _includeMax = range.IncludeMax ?? _type is KeyDataViewType && range.Max >= 1;
    }

    public static bool IsValidRangeFilterColumnType(DataViewType type) =>
        type == NumberDataViewType.Single || type == NumberDataViewType.Double || type is KeyDataViewType;

    public override long? GetRowCount() => null;

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var inputColumns = GetInputColumns(columnsNeeded, out var active);
        return [.. Source.GetRowCursorSet(inputColumns, n, rand).Select(input => CreateCursor(input, active))];
    }

    protected override bool? ShouldUseParallelCursors(Func<int, bool> predicate) => null;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var inputColumns = GetInputColumns(columnsNeeded, out var active);
        return CreateCursor(Source.GetRowCursor(inputColumns, rand), active);
    }

    private IEnumerable<DataViewSchema.Column> GetInputColumns(IEnumerable<DataViewSchema.Column> columnsNeeded, out bool[] active)
    {
        var asked = active = Utils.BuildArray(Source.Schema.Count, columnsNeeded);
        return Source.Schema.Where(c => asked[c.Index] || c.Index == _index);
    }

    private DataViewRowCursor CreateCursor(DataViewRowCursor input, bool[] active)
    {
        if (_type == NumberDataViewType.Single)
            return new Cursor<float>(this, input, active, value => Accepts(value));
        if (_type == NumberDataViewType.Double)
            return new Cursor<double>(this, input, active, Accepts);
        if (_type.RawType == typeof(byte))
            return new Cursor<byte>(this, input, active, key => AcceptsKey(key));
        if (_type.RawType == typeof(ushort))
            return new Cursor<ushort>(this, input, active, key => AcceptsKey(key));
        if (_type.RawType == typeof(uint))
            return new Cursor<uint>(this, input, active, key => AcceptsKey(key));
        return new Cursor<ulong>(this, input, active, AcceptsKey);
    }

    private bool AcceptsKey(ulong key)
    {
        var count = _type.GetKeyCount();
        return key > 0 && key <= count && Accepts(((uint)key - 0.5) / count);
    }

    // Not a number lies neither in the range nor outside of it.
    private bool Accepts(double value) => _range.Complement
        ? value < _range.Min || (_includeMax ? value > _range.Max : value >= _range.Max)
        : value >= _range.Min && (_includeMax ? value <= _range.Max : value < _range.Max);

    /// <summary>From the minimum to the maximum, which belongs to the range where it says so; or everything else.</summary>
    internal sealed record Range(string Column, double Min, double Max, bool? IncludeMax = null, bool Complement = false);

    private sealed class Cursor<T> : LinkedRowFilterCursorBase
    {
        private readonly RangeFilter _parent;
        private readonly Predicate<T> _accept;
        private readonly ValueGetter<T> _source;
        private T _value;

        public Cursor(RangeFilter parent, DataViewRowCursor input, bool[] active, Predicate<T> accept)
            : base(parent.Host, input, parent.OutputSchema, active)
        {
            _parent = parent;
            _accept = accept;
            _source = input.GetGetter<T>(input.Schema[parent._index]);
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.Check(0 <= column.Index && column.Index < Schema.Count);
            Ch.Check(IsColumnActive(column));
            if (column.Index != _parent._index)
                return Input.GetGetter<TValue>(column);
            // The value that decided is not computed twice.
            return RowCursorUtils.Cast<TValue>(Ch, (ValueGetter<T>)((ref T value) =>
            {
                Ch.Check(IsGood, RowCursorUtils.FetchValueStateError);
                value = _value;
            }));
        }

        protected override bool Accept()
        {
            _source(ref _value);
            return _accept(_value);
        }
    }
}
