using System.Collections.Concurrent;
using Microsoft.ML.Transforms.Image;

namespace Tlb.ML.Tests;

/// <summary>Rows of many column types, made when they are asked for, that notice what is done to them.</summary>
/// <param name="count">The rows.</param>
internal sealed class ProbeView(int count) : IDataView
{
    public const int RowsPerBatch = 10;

    private readonly ConcurrentQueue<MLImage> _images = [];
    private int _rowsRead;

    /// <summary>How often a column's getter was called.</summary>
    public ConcurrentDictionary<string, int> Calls { get; } = [];

    /// <summary>Called before a value is made, with the column's name and the row.</summary>
    public Action<string, long>? BeforeGet { get; set; }

    /// <summary>Called before a cursor moves to a row.</summary>
    public Action<long>? BeforeMove { get; set; }

    /// <summary>The bytes of a row's vector.</summary>
    public Func<long, int> VectorLength { get; set; } = row => (int)(row % 4);

    /// <summary>The rows that cursors have moved to.</summary>
    public int RowsRead => _rowsRead;

    /// <summary>The cursors that were opened and not disposed.</summary>
    public int OpenCursors;

    /// <summary>Whether a cursor was used after it was disposed.</summary>
    public bool WasUsedAfterDispose { get; private set; }

    public DataViewSchema Schema { get; } = MakeSchema();

    public bool CanShuffle => true;

    public long? GetRowCount() => count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var rows = Enumerable.Range(0, count).ToArray();
        rand?.Shuffle(rows);
        return new Cursor(this, columnsNeeded, rows, row => row / RowsPerBatch);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. Enumerable.Range(0, n).Select(i => new Cursor(
            this, columnsNeeded, [.. Enumerable.Range(0, count).Where(row => row / RowsPerBatch % n == i)], row => row / RowsPerBatch))];

    /// <summary>The images that getters made and nobody disposed.</summary>
    public int LiveImages()
    {
        var live = 0;
        for (var i = _images.Count; i > 0 && _images.TryDequeue(out var image); i--)
        {
            if (IsDisposed(image))
                continue;
            live++;
            _images.Enqueue(image);
        }
        return live;                                                         // of those there were: others may have come since
    }

    public static bool IsDisposed(MLImage image)
    {
        try
        {
            return image.Width == 0;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>The picture of a row: no two are the same.</summary>
    public static MLImage Picture(long row) => TestImages.Image((int)(row % 3), new Random((int)row));

    public static string Name(long row) => $"picture {row}";

    public static float[] Vector(long row, int length) => [.. Enumerable.Range(0, length).Select(i => row + i / 10f)];

    public static DateTime Date(long row) => new DateTime(2024, 1, 1).AddHours(row);

    private static DataViewSchema MakeSchema()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Number", NumberDataViewType.Int64);
        schema.AddColumn("Name", TextDataViewType.Instance);
        schema.AddColumn("Vector", new VectorDataViewType(NumberDataViewType.Single));
        schema.AddColumn("Key", new KeyDataViewType(typeof(uint), 5));
        schema.AddColumn("Date", DateTimeDataViewType.Instance);
        schema.AddColumn("Image", new ImageDataViewType(TestImages.Size, TestImages.Size));
        return schema.ToSchema();
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly ProbeView _view;
        private readonly HashSet<int> _active;
        private readonly int[] _rows;
        private readonly Func<int, long> _batch;
        private long _position = -1;
        private bool _isDisposed;

        public Cursor(ProbeView view, IEnumerable<DataViewSchema.Column> columns, int[] rows, Func<int, long> batch)
        {
            (_view, _rows, _batch) = (view, rows, batch);
            _active = [.. columns.Select(column => column.Index)];
            Interlocked.Increment(ref view.OpenCursors);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _position;

        public override long Batch => _position < 0 ? 0 : _batch(_rows[_position]);

        public override bool MoveNext()
        {
            _view.WasUsedAfterDispose |= _isDisposed;
            if (_position + 1 == _rows.Length)
                return false;
            _view.BeforeMove?.Invoke(_rows[_position + 1]);
            _position++;
            Interlocked.Increment(ref _view._rowsRead);
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_rows[_position], 7);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Assert.True(IsColumnActive(column), $"{column.Name} is not active");
            Delegate getter = column.Name switch
            {
                "Number" => (ValueGetter<long>)((ref long value) => value = Row("Number")),
                "Name" => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = Name(Row("Name")).AsMemory()),
                "Vector" => (ValueGetter<VBuffer<float>>)GetVector,
                "Key" => (ValueGetter<uint>)((ref uint value) => value = (uint)(Row("Key") % 6)),
                "Date" => (ValueGetter<DateTime>)((ref DateTime value) => value = Date(Row("Date"))),
                _ => (ValueGetter<MLImage>)GetImage,
            };
            return (ValueGetter<TValue>)getter;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDisposed)
            {
                _isDisposed = true;
                Interlocked.Decrement(ref _view.OpenCursors);
            }
            base.Dispose(disposing);
        }

        private long Row(string column)
        {
            _view.WasUsedAfterDispose |= _isDisposed;
            _view.Calls.AddOrUpdate(column, 1, (_, calls) => calls + 1);
            _view.BeforeGet?.Invoke(column, _rows[_position]);
            return _rows[_position];
        }

        private void GetVector(ref VBuffer<float> value)
        {
            var row = Row("Vector");
            var vector = Vector(row, _view.VectorLength(row));
            var editor = VBufferEditor.Create(ref value, vector.Length);     // the caller's memory, as ML.NET's getters do
            vector.CopyTo(editor.Values);
            value = editor.Commit();
        }

        /// <summary>As <c>LoadImages</c> does it: the image of the row before is disposed.</summary>
        private void GetImage(ref MLImage value)
        {
            value?.Dispose();
            value = null!;
            value = Picture(Row("Image"));
            _view._images.Enqueue(value);
        }
    }
}
