namespace Microsoft.ML;

/// <summary>A lazily computed table that is read through cursors.</summary>
public interface IDataView
{
    /// <summary>Whether a cursor given a random source changes the order of the rows.</summary>
    bool CanShuffle { get; }

    /// <summary>The number of rows where it is known at no cost, otherwise null.</summary>
    long? GetRowCount();

    /// <summary>Opens one cursor; only the getters of <paramref name="columnsNeeded"/> can be asked for.</summary>
    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null);

    /// <summary>Opens cursors that share the rows among them; <paramref name="n"/> is a suggestion.</summary>
    DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null);

    DataViewSchema Schema { get; }
}
