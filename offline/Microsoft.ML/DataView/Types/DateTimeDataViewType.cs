namespace Microsoft.ML.Data;

/// <summary>Points in time.</summary>
public sealed class DateTimeDataViewType : PrimitiveDataViewType
{
    private DateTimeDataViewType()
        : base(typeof(DateTime))
    {
    }

    public static DateTimeDataViewType Instance { get; } = new();

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "DateTime";
}
