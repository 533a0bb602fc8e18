namespace Tlb.ML.Tests;

/// <summary>A view that counts the cursors that are open and the rows that were gone to.</summary>
internal sealed class TrackedView(IDataView source) : IDataView
{
    public int OpenCursors { get; private set; }

    public int RowsRead { get; private set; }

    public DataViewSchema Schema => source.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        OpenCursors++;
        return new Cursor(this, source.GetRowCursor(columnsNeeded));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(TrackedView view, DataViewRowCursor cursor) : DataViewRowCursor
    {
        private bool _isDisposed;

        public override DataViewSchema Schema => cursor.Schema;

        public override long Position => cursor.Position;

        public override long Batch => cursor.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => cursor.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => cursor.GetGetter<TValue>(column);

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor.IsColumnActive(column);

        public override bool MoveNext()
        {
            var moved = cursor.MoveNext();
            view.RowsRead += moved ? 1 : 0;
            return moved;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDisposed)
            {
                _isDisposed = true;
                view.OpenCursors--;
                cursor.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
