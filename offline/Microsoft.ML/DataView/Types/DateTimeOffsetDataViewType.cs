namespace Microsoft.ML.Data;

/// <summary>Points in time with an offset from UTC.</summary>
public sealed class DateTimeOffsetDataViewType : PrimitiveDataViewType
{
    private DateTimeOffsetDataViewType()
        : base(typeof(DateTimeOffset))
    {
    }

    public static DateTimeOffsetDataViewType Instance { get; } = new();

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "DateTimeOffset";
}
