using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reads one column.</summary>
public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName) => GetColumn<T>(data, data.Schema[columnName]);

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckNonEmpty(column.Name, nameof(column));
        var found = data.Schema[column.Index];
        if (found.Name != column.Name || found.Type != column.Type)
        {
            throw Contracts.ExceptParam(nameof(column),
                $"column with name {column.Name}, type {column.Type}, and index {column.Index} cannot be found in {nameof(data)}");
        }
        if (column.Type.RawType == typeof(T))
            return Read<T, T>(data, found, value => value);
        if (typeof(T) == typeof(string) && column.Type is TextDataViewType)
            return (IEnumerable<T>)Read<ReadOnlyMemory<char>, string>(data, found, text => text.ToString());
        if (typeof(T).IsArray)
        {
            if (column.Type is not VectorDataViewType vector)
            {
                throw Contracts.ExceptParam(nameof(column), $"Cannot load vector type, {column.Type}, " +
                    $"specified in {nameof(column)} to the user-defined type, {typeof(T)}.");
            }
            var element = typeof(T).GetElementType();
            if (element == vector.ItemType.RawType)
                return (IEnumerable<T>)Utils.MarshalInvoke(ReadArrays<int>, element, data, found);
            if (element == typeof(string) && vector.ItemType is TextDataViewType)
            {
                return (IEnumerable<T>)Read<VBuffer<ReadOnlyMemory<char>>, string[]>(data, found, ToStrings);
            }
        }
        throw Contracts.ExceptParam(nameof(column), $"Cannot map column (name: {column.Name}, type: {column.Type}) " +
            $"in {nameof(data)} to the user-defined type, {typeof(T)}.");
    }

    private static IEnumerable<TOut> Read<TData, TOut>(IDataView data, DataViewSchema.Column column, Func<TData, TOut> convert)
    {
        using var cursor = data.GetRowCursor(column);
        var getter = cursor.GetGetter<TData>(column);
        TData value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            yield return convert(value);
        }
    }

    private static object ReadArrays<T>(IDataView data, DataViewSchema.Column column) =>
        Read<VBuffer<T>, T[]>(data, column, value => [.. value.DenseValues()]);

    // Texts that a sparse vector leaves out stay null, as in the packages.
    private static string[] ToStrings(VBuffer<ReadOnlyMemory<char>> value)
    {
        var texts = new string[value.Length];
        foreach (var item in value.Items())
            texts[item.Key] = item.Value.ToString();
        return texts;
    }
}
