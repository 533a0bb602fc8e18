namespace Tlb.ML;

/// <summary>The column of the images' weights in the loss.</summary>
internal static class ExampleWeight
{
    /// <summary>Finds the column and checks its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or it does not hold Singles.</exception>
    public static DataViewSchema.Column Check(DataViewSchema schema, string name)
    {
        var column = FeatureColumn.Find(schema, "example weight", name);
        return column.Type == NumberDataViewType.Single ? column : throw new ArgumentOutOfRangeException(nameof(schema), Mismatch(name, column.Type.ToString()!));
    }

    /// <summary>The text of a type error.</summary>
    public static string Mismatch(string name, string found) =>
        $"Schema mismatch for example weight column '{name}': expected Single, got {found}. ConvertType makes Singles of other numbers.";

    /// <summary>Makes a reader of the current row's weight.</summary>
    public static Func<float> Create(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<float>(column);
        return () =>
        {
            float weight = default;
            getter(ref weight);
            return weight;
        };
    }
}
