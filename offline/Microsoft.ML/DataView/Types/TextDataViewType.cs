namespace Microsoft.ML.Data;

/// <summary>Text.</summary>
public sealed class TextDataViewType : PrimitiveDataViewType
{
    private TextDataViewType()
        : base(typeof(ReadOnlyMemory<char>))
    {
    }

    public static TextDataViewType Instance { get; } = new();

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "String";
}
