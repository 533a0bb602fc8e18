namespace Tlb.ML;

/// <summary>The values of some columns of some rows, kept after a cursor has moved on. Filled again and again.</summary>
internal sealed class RowBuffer : IDisposable
{
    private const long MostBytes = 32 << 20;                                 // of values; images at the root may be large

    private readonly Dictionary<int, ColumnBuffer> _columns;
    private readonly long[] _positions;
    private readonly long[] _batches;
    private readonly DataViewRowId[] _ids;
    private DataViewRowCursor? _cursor;
    private ValueGetter<DataViewRowId>? _getId;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="schema">The rows' schema.</param>
    /// <param name="columns">The columns to keep.</param>
    /// <param name="capacity">The most rows it can hold.</param>
    public RowBuffer(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns, int capacity)
    {
        Schema = schema;
        _columns = columns.ToDictionary(column => column.Index, column => ColumnBuffer.Create(column, capacity));
        (_positions, _batches, _ids) = (new long[capacity], new long[capacity], new DataViewRowId[capacity]);
    }

    /// <summary>The rows' schema.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>The most rows it can hold.</summary>
    public int Capacity => _positions.Length;

    /// <summary>The rows it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the next rows of a cursor.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="most">The most rows to take, at most <see cref="Capacity"/>. Fewer are taken where their values are large.</param>
    /// <param name="cancellation">Stops early: what was taken is kept.</param>
    /// <returns>What the cursor threw instead of a further row; null where it did not throw.</returns>
    public Exception? Fill(DataViewRowCursor cursor, int most, CancellationToken cancellation = default)
    {
        Count = 0;
        long bytes = 0;
        if (_cursor != cursor)
        {
            _cursor = cursor;
            _getId = cursor.GetIdGetter();
            foreach (var column in _columns.Values)
                column.ReadFrom(cursor);
        }
        try
        {
            for (; Count < most && bytes < MostBytes && !cancellation.IsCancellationRequested && cursor.MoveNext(); Count++)
            {
                (_positions[Count], _batches[Count]) = (cursor.Position, cursor.Batch);
                _getId!(ref _ids[Count]);
                foreach (var column in _columns.Values)
                    bytes += column.Take(Count);
            }
            return null;
        }
        catch (Exception e)                                                  // the rows before it are good, and are handed out first
        {
            return e;
        }
    }

    /// <summary>Forgets the rows.</summary>
    public void Clear() => Count = 0;

    /// <summary>Whether a column is kept.</summary>
    public bool Has(int column) => _columns.ContainsKey(column);

    /// <summary>The values of a column.</summary>
    public ColumnBuffer Column(int column) => _columns[column];

    /// <summary>A row's position at the cursor.</summary>
    public long Position(int row) => _positions[row];

    /// <summary>A row's batch at the cursor.</summary>
    public long Batch(int row) => _batches[row];

    /// <summary>A row's id.</summary>
    public DataViewRowId Id(int row) => _ids[row];

    public void Dispose()
    {
        foreach (var column in _columns.Values)
            column.Dispose();
    }
}
