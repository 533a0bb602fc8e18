using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>A row whose values are fetched through getters.</summary>
public abstract class DataViewRow : IDisposable
{
    /// <summary>Counts the rows that this object has stood on; -1 while it stands on none.</summary>
    public abstract long Position { get; }

    /// <summary>Never decreases; restores the common order of the cursors of one set.</summary>
    public abstract long Batch { get; }

    public abstract DataViewSchema Schema { get; }

    public abstract ValueGetter<DataViewRowId> GetIdGetter();

    public abstract bool IsColumnActive(DataViewSchema.Column column);

    public abstract ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
