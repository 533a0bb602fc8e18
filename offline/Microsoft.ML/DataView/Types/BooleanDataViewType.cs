namespace Microsoft.ML.Data;

/// <summary>Truth values.</summary>
public sealed class BooleanDataViewType : PrimitiveDataViewType
{
    private BooleanDataViewType()
        : base(typeof(bool))
    {
    }

    public static BooleanDataViewType Instance { get; } = new();

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "Boolean";
}
