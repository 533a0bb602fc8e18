namespace Microsoft.ML.Data;

/// <summary>The type of a column.</summary>
public abstract class DataViewType : IEquatable<DataViewType>
{
    private protected DataViewType(Type rawType) => RawType = rawType ?? throw new ArgumentNullException(nameof(rawType));

    /// <summary>The .NET type of the values; several column types can share one.</summary>
    public Type RawType { get; }

    public abstract bool Equals(DataViewType other);
}
