using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Keeps columns in memory. A column is read, in the background, when it is first asked for.</summary>
internal sealed class CacheDataView : IDataView
{
    private const int BlockSize = 64;

    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly CachedColumn[] _columns;
    private readonly Lock _lock = new();
    private long _rowCount;
    private CacheFill _lastFill;

    public CacheDataView(IHostEnvironment env, IDataView input, int[] prefetch)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register("Cache");
        _host.CheckValue(input, nameof(input));
        var names = (prefetch ?? []).Select(i => input.Schema[i]).ToArray();
        foreach (var column in names.Where(c => !c.Type.IsCacheable()))
            throw _host.Except("Asked to prefetch column '{0}' into cache, but it is of unhandled type '{1}'", column.Name, column.Type);
        var dropped = input.Schema.Where(c => !c.Type.IsCacheable()).Select(c => c.Index).ToArray();
        _source = ColumnSubsetView.WithoutUncacheable(_host, input);
        _rowCount = _source.GetRowCount() ?? -1;
        _columns = new CachedColumn[_source.Schema.Count];
        if (names.Length > 0)
            StartFilling([.. names.Select(c => c.Index - dropped.Count(d => d < c.Index))]);
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => Interlocked.Read(ref _rowCount) is >= 0 and var count ? count : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var fills = Prepare(columnsNeeded, out var active);
        return new Cursor(this, active, fills, GetPermutation(rand), block: -1, stride: 0);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var threads = DataViewUtils.GetThreadCount();
        var count = n > 0 ? Math.Min(n, 2 * threads) : threads;
        if (count <= 1)
            return [GetRowCursor(columnsNeeded, rand)];
        var fills = Prepare(columnsNeeded, out var active);
        var permutation = GetPermutation(rand);
        return [.. Enumerable.Range(0, count).Select(i => new Cursor(this, active, fills, permutation, block: i - count, stride: count))];
    }

    private CacheFill[] Prepare(IEnumerable<DataViewSchema.Column> columnsNeeded, out int[] active)
    {
        var predicate = RowCursorUtils.FromColumnsToPredicate(columnsNeeded, Schema);
        active = [.. Enumerable.Range(0, Schema.Count).Where(predicate)];
        StartFilling(active);
        var fills = active.Select(i => _columns[i].Fill).Distinct().Where(f => !f.IsComplete).ToArray();
        return fills.Length == 0 && GetRowCount() is null ? [_lastFill] : fills;
    }

    private int[] GetPermutation(Random rand)
    {
        if (rand is null)
            return null;
        if (GetRowCount() is null)
            _lastFill.Wait(long.MaxValue);
        return Utils.GetRandomPermutation(rand, (int)GetRowCount().Value);
    }

    private void StartFilling(int[] columns)
    {
        lock (_lock)
        {
            int[] missing = [.. columns.Where(i => _columns[i] is null).Distinct()];
            if (missing.Length == 0 && _lastFill is not null)
                return;
            var cursor = _source.GetRowCursor(_source.Schema.Where(c => missing.Contains(c.Index)));
            var fill = _lastFill = new CacheFill();
            foreach (var i in missing)
                _columns[i] = CachedColumn.Create(cursor, cursor.Schema[i], fill);
            var filled = missing.Select(i => _columns[i]).ToArray();
            _ = Utils.RunOnBackgroundThreadAsync(() => Fill(cursor, filled, fill));
        }
    }

    private void Fill(DataViewRowCursor cursor, CachedColumn[] columns, CacheFill fill)
    {
        try
        {
            using (cursor)
            using (var channel = _host.Start("Cache Filler"))
            {
                channel.Trace("Begin cache of {0} columns", columns.Length);
                long count = 0;
                while (cursor.MoveNext())
                {
                    foreach (var column in columns)
                        column.AddCurrent();
                    count++;
                    fill.Advance();
                }
                if (Interlocked.CompareExchange(ref _rowCount, count, -1) == -1)
                    channel.Trace("Number of rows determined as {0}", count);
                fill.Complete();
                channel.Trace("End cache of {0} columns", columns.Length);
            }
        }
        catch (Exception exception)
        {
            fill.Fail(exception);
        }
    }

    /// <summary>Goes through all rows, or through every so manieth block of them.</summary>
    private sealed class Cursor : RootCursorBase
    {
        private readonly CacheDataView _parent;
        private readonly CacheFill[] _fills;
        private readonly int[] _permutation;
        private readonly int _stride;
        private readonly int[] _placeOf;
        private readonly Delegate[] _getters;
        private long _block;
        private long _place = -1;

        public Cursor(CacheDataView parent, int[] active, CacheFill[] fills, int[] permutation, int block, int stride)
            : base(parent._host)
        {
            _parent = parent;
            _fills = fills;
            _permutation = permutation;
            _block = block;
            _stride = stride;
            var isActive = active.ToHashSet();
            Utils.BuildSubsetMaps(Schema.Count, isActive.Contains, out _, out _placeOf);
            _getters = [.. active.Select(i => _parent._columns[i].MakeGetter(GetRow))];
        }

        public override DataViewSchema Schema => _parent.Schema;

        public override long Batch => _stride == 0 ? 0 : _block;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
        {
            Contracts.Check(IsGood, "Cannot call ID getter in current state");
            id = new DataViewRowId((ulong)GetRow(), 0);
        };

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Ch.CheckParam(column.Index < _placeOf.Length, nameof(column));
            return _placeOf[column.Index] >= 0;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.CheckParam(column.Index < _placeOf.Length && IsColumnActive(column), nameof(column), "requested column not active");
            var getter = _getters[_placeOf[column.Index]];
            return getter as ValueGetter<TValue> ?? throw Ch.Except($"Invalid TValue: '{typeof(TValue)}', " +
                $"expected type: '{getter.GetType().GetGenericArguments().First()}'.");
        }

        protected override bool MoveNextCore()
        {
            if (_stride > 0 && (_place + 1) % BlockSize == 0)
            {
                _block += _stride;
                _place = _block * BlockSize;
            }
            else
            {
                _place++;
            }
            if (_permutation is not null)
            {
                if (_place >= _permutation.Length)
                    return false;
                Wait(_permutation[_place]);
                return true;
            }
            Wait(_place);
            return _parent.GetRowCount() is not { } count || _place < count;
        }

        private void Wait(long row)
        {
            foreach (var fill in _fills)
                fill.Wait(row);
        }

        private int GetRow()
        {
            Ch.Check(IsGood, RowCursorUtils.FetchValueStateError);
            return _permutation is null ? (int)_place : _permutation[_place];
        }
    }
}
