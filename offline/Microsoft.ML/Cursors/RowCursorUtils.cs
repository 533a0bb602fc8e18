using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

internal static class RowCursorUtils
{
    public const string FetchValueStateError =
        "Values cannot be fetched at this time. This method was called either before the first call to " +
        nameof(DataViewRowCursor.MoveNext) + ", or at any point after that method returned false.";

    public static Delegate GetGetterAsDelegate(DataViewRow row, int col)
    {
        Contracts.CheckValue(row, nameof(row));
        Contracts.CheckParam(0 <= col && col < row.Schema.Count, nameof(col));
        Contracts.CheckParam(row.IsColumnActive(row.Schema[col]), nameof(col), "column was not active");
        return Utils.MarshalInvoke(GetGetterAsDelegate<int>, row.Schema[col].Type.RawType, row, col);
    }

    public static Func<int, bool> FromColumnsToPredicate(IEnumerable<DataViewSchema.Column> columnsNeeded, DataViewSchema sourceSchema)
    {
        Contracts.CheckValue(columnsNeeded, nameof(columnsNeeded));
        Contracts.CheckValue(sourceSchema, nameof(sourceSchema));
        var requested = new bool[sourceSchema.Count];
        foreach (var column in columnsNeeded)
        {
            if (column.Index >= requested.Length)
                throw Contracts.Except($"The requested column: {column} is not part of the {nameof(sourceSchema)}");
            requested[column.Index] = true;
        }
        return index => requested[index];
    }

    /// <summary>The getter as the type asked for, or the exception that says which it is.</summary>
    public static ValueGetter<TValue> Cast<TValue>(IExceptionContext context, Delegate getter) => getter as ValueGetter<TValue>
        ?? throw context.Except($"Invalid TValue in GetGetter: '{typeof(TValue)}', " +
            $"expected type: '{getter.GetType().GetGenericArguments().First()}'.");

    /// <summary>Keys of any raw type as unsigned 64-bit numbers.</summary>
    public static ValueGetter<ulong> GetKeyGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type.RawType == typeof(byte))
            return Widen<byte>(row, column, value => value);
        if (column.Type.RawType == typeof(ushort))
            return Widen<ushort>(row, column, value => value);
        if (column.Type.RawType == typeof(uint))
            return Widen<uint>(row, column, value => value);
        return row.GetGetter<ulong>(column);
    }

    private static ValueGetter<ulong> Widen<T>(DataViewRow row, DataViewSchema.Column column, Func<T, ulong> convert)
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return (ref ulong dst) =>
        {
            getter(ref value);
            dst = convert(value);
        };
    }

    private static Delegate GetGetterAsDelegate<TValue>(DataViewRow row, int col) => row.GetGetter<TValue>(row.Schema[col]);
}
