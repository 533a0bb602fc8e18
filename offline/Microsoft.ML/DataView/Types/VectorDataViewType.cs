using System.Collections.Immutable;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Vectors of a primitive type, of a known size or of size 0 where each row has its own.</summary>
public sealed class VectorDataViewType : StructuredDataViewType
{
    public VectorDataViewType(PrimitiveDataViewType itemType, int size = 0)
        : this(itemType, nameof(size), [size])
    {
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, params int[] dimensions)
        : this(itemType, nameof(dimensions), dimensions is null ? [] : [.. dimensions])
    {
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, ImmutableArray<int> dimensions)
        : this(itemType, nameof(dimensions), dimensions)
    {
    }

    private VectorDataViewType(PrimitiveDataViewType itemType, string parameter, ImmutableArray<int> dimensions)
        : base(RawTypeOf(itemType))
    {
        Contracts.CheckParam(dimensions.Length > 0, parameter);
        Contracts.CheckParam(dimensions.All(d => d >= 0), parameter);
        ItemType = itemType;
        Dimensions = dimensions;
        Size = dimensions.Aggregate(1, (size, dimension) => checked(size * dimension));
    }

    public ImmutableArray<int> Dimensions { get; }

    public bool IsKnownSize => Size > 0;

    public PrimitiveDataViewType ItemType { get; }

    /// <summary>The product of the dimensions.</summary>
    public int Size { get; }

    public override bool Equals(DataViewType other) => other == this ||
        other is VectorDataViewType vector && ItemType.Equals(vector.ItemType)
            && Dimensions.AsSpan().SequenceEqual(vector.Dimensions.AsSpan());

    public override bool Equals(object other) => other is DataViewType type && Equals(type);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(ItemType);
        foreach (var dimension in Dimensions)
            hash.Add(dimension);
        return hash.ToHashCode();
    }

    public override string ToString()
    {
        if (Dimensions.Length == 1)
            return Size > 0 ? $"Vector<{ItemType}, {Size}>" : $"Vector<{ItemType}>";
        return $"Vector<{ItemType}, {string.Join(", ", Dimensions.Select(d => d > 0 ? d.ToString() : "*"))}>";
    }

    private static Type RawTypeOf(PrimitiveDataViewType itemType)
    {
        Contracts.CheckValue(itemType, nameof(itemType));
        return typeof(VBuffer<>).MakeGenericType(itemType.RawType);
    }
}
