namespace Microsoft.ML.Data;

/// <summary>Base of the attributes that give a member a column type of its own.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public abstract class DataViewTypeAttribute : Attribute, IEquatable<DataViewTypeAttribute>
{
    public abstract bool Equals(DataViewTypeAttribute other);

    public abstract void Register();
}
