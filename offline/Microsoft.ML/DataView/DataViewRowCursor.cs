namespace Microsoft.ML;

/// <summary>A row that moves through a data view.</summary>
public abstract class DataViewRowCursor : DataViewRow
{
    public abstract bool MoveNext();
}
