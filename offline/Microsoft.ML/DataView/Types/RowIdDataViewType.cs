namespace Microsoft.ML.Data;

/// <summary>Identities of rows.</summary>
public sealed class RowIdDataViewType : PrimitiveDataViewType
{
    private RowIdDataViewType()
        : base(typeof(DataViewRowId))
    {
    }

    public static RowIdDataViewType Instance { get; } = new();

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "DataViewRowId";
}
