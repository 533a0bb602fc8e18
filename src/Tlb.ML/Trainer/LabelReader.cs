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

    /// <summary>Checks that the labels of a validation set mean the same classes as those of the training data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, no key, or a key of other values.</exception>
    public static void CheckSameClasses(DataViewSchema validation, DataViewSchema.Column label)
    {
        var (column, count) = Check(validation, label.Name);
        var expected = (int)((KeyDataViewType)label.Type).Count;
        if (count != expected)
            throw Other($"{count} classes; the training data's has {expected}");
        if (ClassLabels.From(column) is not { } found || ClassLabels.From(label) is not { } names)
            return;
        for (var i = 0; i < count; i++)
            if (found.Names[i] != names.Names[i])
                throw Other($"'{found.Names[i]}' as class {i + 1}; the training data's has '{names.Names[i]}'");

        ArgumentOutOfRangeException Other(string difference) => new(nameof(validation),
            $"Label column '{label.Name}' of the ValidationSet has {difference}. Make the keys of both with one fitted MapValueToKey.");
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
