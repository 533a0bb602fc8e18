namespace Tlb.ML;

/// <summary>A row of a <see cref="RowBuffer"/>: moved to any of its rows, and to another buffer of the same columns.</summary>
internal sealed class BufferedRow(RowBuffer buffer) : DataViewRow
{
    private long _moves;

    /// <summary>The buffer it stands in.</summary>
    public RowBuffer Buffer { get; private set; } = buffer;

    /// <summary>The row of the buffer it stands on.</summary>
    /// <exception cref="InvalidOperationException">It stands on none: before the first row, or after the last.</exception>
    public int Row
    {
        get => field >= 0 ? field : throw NoRow();
        private set;
    } = -1;

    /// <summary>The error of a getter that is called where there is no row.</summary>
    public static InvalidOperationException NoRow() => new("There are no values here: the cursor stands before the first row or after the last.");

    public override DataViewSchema Schema => Buffer.Schema;

    /// <summary>Different after each move: stages that keep what they computed last go by it.</summary>
    public override long Position => _moves;

    public override long Batch => Buffer.Batch(Row);

    /// <summary>The position at the cursor that was read.</summary>
    public long CursorPosition => Buffer.Position(Row);

    /// <summary>Moves to a row; to none where <paramref name="row"/> is -1.</summary>
    public void MoveTo(RowBuffer buffer, int row)
    {
        (Buffer, Row) = (buffer, row);
        _moves++;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => Buffer.Has(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = Buffer.Id(Row);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this row.");
        return Buffer.Column(column.Index).CreateGetter(column.Index, this) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Invalid TValue in GetGetter: '{typeof(TValue)}'; the column '{column.Name}' holds '{column.Type.RawType}'.");
    }
}
