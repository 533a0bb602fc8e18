namespace Microsoft.ML.Data;

/// <summary>A type whose values own something: an assignment does not make an independent copy.</summary>
public abstract class StructuredDataViewType : DataViewType
{
    protected StructuredDataViewType(Type rawType)
        : base(rawType)
    {
    }
}
