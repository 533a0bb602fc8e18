using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The objects of a sequence as rows. Every cursor goes through the sequence anew.</summary>
internal sealed class StreamingDataView<TRow> : IDataView
    where TRow : class
{
    private readonly IHost _host;
    private readonly IEnumerable<TRow> _data;
    private readonly MemberColumn[] _columns;

    public StreamingDataView(IHostEnvironment env, IEnumerable<TRow> data, MemberColumn[] columns)
    {
        _host = env.Register("StreamingDataView");
        _data = data;
        _columns = columns;
        Schema = MemberColumn.MakeSchema(columns);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => (_data as ICollection<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) =>
        new Cursor(new EnumeratorRow(this, RowCursorUtils.FromColumnsToPredicate(columnsNeeded, Schema)));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(EnumeratorRow row) : DataViewRowCursor
    {
        public override long Position => row.Position;

        public override long Batch => row.Batch;

        public override DataViewSchema Schema => row.Schema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        public override bool MoveNext() => row.MoveNext();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                row.Dispose();
        }
    }

    private sealed class EnumeratorRow : ObjectRow<TRow>
    {
        private readonly IChannel _channel;
        private readonly IEnumerator<TRow> _enumerator;
        private TRow _current;
        private long _position = -1;
        private bool _disposed;

        public EnumeratorRow(StreamingDataView<TRow> parent, Func<int, bool> predicate)
            : base(parent._host, parent.Schema, parent._columns, predicate)
        {
            _channel = parent._host.Start("Cursor");
            _enumerator = parent._data.GetEnumerator();
        }

        public override long Position => _position;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
        {
            _channel.Check(_position >= 0, RowCursorUtils.FetchValueStateError);
            id = new DataViewRowId((ulong)_position, 0);
        };

        public bool MoveNext()
        {
            if (_disposed)
                return false;
            if (!_enumerator.MoveNext())
            {
                _current = null;
                Dispose();
                return false;
            }
            _current = _enumerator.Current;
            if (_current is null)
                throw _channel.Except("Encountered null when iterating over data, this is not supported.");
            _position++;
            return true;
        }

        protected override TRow GetCurrentRowObject() => _current;

        protected override void Dispose(bool disposing)
        {
            if (_disposed)
                return;
            if (disposing)
            {
                _channel.Dispose();
                _position = -1;
            }
            _disposed = true;
            base.Dispose(disposing);
        }
    }
}
