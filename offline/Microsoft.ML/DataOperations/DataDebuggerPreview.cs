using System.Collections.Immutable;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The first rows of a data view, for a look in the debugger.</summary>
public sealed class DataDebuggerPreview
{
    internal const int DefaultMaxRows = 100;

    internal DataDebuggerPreview(IDataView data, int maxRows = DefaultMaxRows)
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckParam(maxRows >= 0, nameof(maxRows));
        Schema = data.Schema;
        var rows = ImmutableArray.CreateBuilder<RowInfo>();
        var columns = Schema.Select(_ => new List<object>()).ToArray();
        using (var cursor = data.GetRowCursorForAllColumns())
        {
            var readers = Schema.Select(c => Utils.MarshalInvoke(MakeReader<int>, c.Type.RawType, cursor, c)).ToArray();
            while (rows.Count < maxRows && cursor.MoveNext())
            {
                var row = new RowInfo(readers.Length);
                for (var i = 0; i < readers.Length; i++)
                {
                    // Fetched twice: the two views share no buffers.
                    row.Values[i] = new(Schema[i].Name, readers[i]());
                    columns[i].Add(readers[i]());
                }
                rows.Add(row);
            }
        }
        RowView = rows.ToImmutable();
        ColumnView = [.. Schema.Select(c => new ColumnInfo(c, [.. columns[c.Index]]))];
    }

    public DataViewSchema Schema { get; }

    public ImmutableArray<ColumnInfo> ColumnView { get; }

    public ImmutableArray<RowInfo> RowView { get; }

    public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

    private static Func<object> MakeReader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            getter(ref value);
            return value;
        };
    }

    /// <summary>The values of one row, by column name.</summary>
    public sealed class RowInfo
    {
        internal RowInfo(int n) => Values = new KeyValuePair<string, object>[n];

        public KeyValuePair<string, object>[] Values { get; }

        public override string ToString() => $"{Values.Length} columns";
    }

    /// <summary>The values of one column.</summary>
    public sealed class ColumnInfo
    {
        internal ColumnInfo(DataViewSchema.Column column, object[] values)
        {
            Column = column;
            Values = values;
        }

        public DataViewSchema.Column Column { get; }

        public object[] Values { get; }

        public override string ToString() => $"{Column.Name}: {Column.Type}";
    }
}
