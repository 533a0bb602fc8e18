namespace Microsoft.ML.Data;

/// <summary>Says which fields of a text file a member is loaded from; loading from objects ignores it.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public sealed class LoadColumnAttribute : Attribute
{
    public LoadColumnAttribute(int fieldIndex) => Sources = [(fieldIndex, fieldIndex)];

    public LoadColumnAttribute(int start, int end) => Sources = [(start, end)];

    public LoadColumnAttribute(int[] columnIndexes) => Sources = [.. columnIndexes.Select(i => (i, i))];

    internal (int First, int Last)[] Sources { get; }
}
