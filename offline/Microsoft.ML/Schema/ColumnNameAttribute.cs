namespace Microsoft.ML.Data;

/// <summary>Gives the column of a member another name.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public sealed class ColumnNameAttribute : Attribute
{
    public ColumnNameAttribute(string name) => Name = name;

    internal string Name { get; }
}
