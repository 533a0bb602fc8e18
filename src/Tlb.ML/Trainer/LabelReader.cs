namespace Tlb.ML;

/// <summary>Reads the class of a row from a key column.</summary>
internal static class LabelReader
{
    private const int MostClasses = 100_000;

    /// <summary>Finds the label column and checks that it is a key of two or more classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing, no key, or a key of too few or too many values.</exception>
    public static (DataViewSchema.Column Column, int NumberOfClasses) Check(DataViewSchema schema, string name)
    {
        var column = FeatureColumn.Find(schema, "label", name);
        if (column.Type is not KeyDataViewType key)
            throw new ArgumentOutOfRangeException(nameof(schema), Mismatch(name, column.Type.ToString()!));
        if (key.Count is < 2 or > MostClasses)
            throw new ArgumentOutOfRangeException(nameof(schema), $"Label column '{name}' has {key.Count} class{(key.Count == 1 ? "" : "es")}; expected 2 to {MostClasses}.");
        return (column, (int)key.Count);
    }

    /// <summary>The text of a type error.</summary>
    public static string Mismatch(string name, string found) => $"Schema mismatch for label column '{name}': expected a key, got {found}. MapValueToKey makes keys of other values.";

    /// <summary>Makes a reader of the current row's class: from 0; -1 for a missing label.</summary>
    public static Func<int> Create(DataViewRow row, DataViewSchema.Column column)
    {
        return column.Type.RawType switch
        {
            var type when type == typeof(uint) => Getter<uint>(value => (int)value - 1),
            var type when type == typeof(byte) => Getter<byte>(value => value - 1),
            var type when type == typeof(ushort) => Getter<ushort>(value => value - 1),
            _ => Getter<ulong>(value => (int)value - 1),
        };

        Func<int> Getter<T>(Func<T, int> toClass) where T : struct
        {
            var getter = row.GetGetter<T>(column);
            return () =>
            {
                T value = default;
                getter(ref value);
                return toClass(value);
            };
        }
    }
}
