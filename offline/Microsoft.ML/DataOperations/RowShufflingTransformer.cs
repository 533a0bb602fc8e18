using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Draws the rows at random from a pool that is filled up from the source, which is shuffled too where it can be.</summary>
internal sealed class RowShufflingTransformer : TransformBase
{
    private readonly int _poolRows;
    private readonly bool _shuffleSource;
    private readonly int _seed;
    private readonly IDataView _cacheable;

    public RowShufflingTransformer(IHostEnvironment env, IDataView input, int poolRows, bool shuffleSource, int? seed)
        : base(env, "Shuffle", input)
    {
        _poolRows = poolRows;
        _shuffleSource = shuffleSource;
        _seed = seed ?? Host.Rand.NextSigned();
        _cacheable = ColumnSubsetView.WithoutUncacheable(env, input);
    }

    public override bool CanShuffle => true;

    public override DataViewSchema OutputSchema => _cacheable.Schema;

    public override long? GetRowCount() => Source.GetRowCount();

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursorCore(columnsNeeded, rand)];

    protected override bool? ShouldUseParallelCursors(Func<int, bool> predicate) => false;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        rand ??= RandomUtils.Create(_seed);
        var input = _cacheable.GetRowCursor(columnsNeeded, _shuffleSource ? RandomUtils.Create(rand) : null);
        return _poolRows == 1 ? input : new Cursor(Host, _poolRows, input, rand);
    }

    private sealed class Cursor : LinkedRootCursorBase
    {
        // How far the source is read ahead of the pool, and how many used rows are replaced at a time.
        private const int Depth = 3;
        private const int BlockSize = 16;

        private readonly int _poolRows;
        private readonly Random _random;
        private readonly Slots[] _columns;
        private readonly int[] _placeOf;
        // The rows in the order in which they are handed out, as far as that is decided, by the slots that hold them.
        private readonly int[] _order;
        private int _next;
        private int _current;
        private int _dead = -1;
        private int _live = 1;
        private bool _ended;
        private Exception _failure;

        public Cursor(IChannelProvider provider, int poolRows, DataViewRowCursor input, Random random)
            : base(provider, input)
        {
            _poolRows = poolRows;
            _random = random;
            _order = [.. Enumerable.Range(0, poolRows - 1 + Depth * BlockSize)];
            _current = _order.Length - 1;
            Utils.BuildSubsetMaps(Schema.Count, i => input.IsColumnActive(input.Schema[i]), out var active, out _placeOf);
            _columns = [.. active.Select(i => Utils.MarshalInvoke(MakeSlots<int>, Schema[i].Type.RawType, input.Schema[i])),
                new Slots<DataViewRowId>(input.GetIdGetter(), _order.Length)];
            Read(poolRows - 1 + BlockSize);
            for (var i = 1; i < Depth && !_ended; i++)
                Read(BlockSize);
        }

        public override DataViewSchema Schema => Input.Schema;

        public override long Batch => 0;

        private int CurrentSlot => _order[_current];

        public override ValueGetter<DataViewRowId> GetIdGetter() =>
            (ValueGetter<DataViewRowId>)MakeGetter<DataViewRowId>(_columns.Length - 1);

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Ch.CheckParam(column.Index < _placeOf.Length, nameof(column));
            return _placeOf[column.Index] >= 0;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
            var place = _placeOf[column.Index];
            var type = Schema[column.Index].Type;
            var getter = type is VectorDataViewType vector
                ? Utils.MarshalInvoke(MakeVectorGetter<int>, vector.ItemType.RawType, place)
                : Utils.MarshalInvoke(MakeGetter<int>, type.RawType, place);
            return getter as ValueGetter<TValue> ?? throw Ch.Except($"Invalid TValue: '{typeof(TValue)}', " +
                $"expected type: '{getter.GetType().GetGenericArguments().First()}'.");
        }

        protected override bool MoveNextCore()
        {
            _current = (_current + 1) % _order.Length;
            _live--;
            if (++_dead >= BlockSize && !_ended)
            {
                Read(_dead);
                _dead = 0;
            }
            if (_live < _poolRows && _failure is not null)
                throw Ch.Except(_failure, "Shuffle input cursor reader failed with an exception");
            if (_live == 0)
                return false;
            var drawn = (_random.Next(Math.Min(_live, _poolRows)) + _current) % _order.Length;
            (_order[_current], _order[drawn]) = (_order[drawn], _order[_current]);
            return true;
        }

        // Into the slots of rows that have been handed out.
        private void Read(int count)
        {
            try
            {
                var read = 0;
                for (; read < count && Root.MoveNext(); read++)
                {
                    foreach (var column in _columns)
                        column.Fill(_order[_next]);
                    _next = (_next + 1) % _order.Length;
                }
                _live += read;
                _ended = read < count;
            }
            catch (Exception exception)
            {
                _failure = exception;
                _ended = true;
            }
        }

        private Slots MakeSlots<T>(DataViewSchema.Column column) => new Slots<T>(Input.GetGetter<T>(column), _order.Length);

        private Delegate MakeGetter<T>(int place)
        {
            var slots = (Slots<T>)_columns[place];
            return (ValueGetter<T>)((ref T value) =>
            {
                Ch.Check(IsGood, RowCursorUtils.FetchValueStateError);
                value = slots.Values[CurrentSlot];
            });
        }

        private Delegate MakeVectorGetter<T>(int place)
        {
            var slots = (Slots<VBuffer<T>>)_columns[place];
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            {
                Ch.Check(IsGood, RowCursorUtils.FetchValueStateError);
                slots.Values[CurrentSlot].CopyTo(ref value);
            });
        }
    }

    private abstract class Slots
    {
        public abstract void Fill(int slot);
    }

    private sealed class Slots<T>(ValueGetter<T> getter, int count) : Slots
    {
        public T[] Values { get; } = new T[count];

        public override void Fill(int slot) => getter(ref Values[slot]);
    }
}
