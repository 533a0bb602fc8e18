using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Keys: 1 to <see cref="Count"/> at a cursor, with 0 for a missing value.</summary>
public sealed class KeyDataViewType : PrimitiveDataViewType
{
    public KeyDataViewType(Type type, ulong count)
        : base(type)
    {
        if (!IsValidDataType(type))
            throw Contracts.ExceptParam(nameof(type), "Type is not valid, it must be Byte, UInt16, UInt32, or UInt64.");
        if (count == 0 || count > type.ToMaxInt())
        {
            throw Contracts.ExceptParam(nameof(count), $"The cardinality of a {nameof(KeyDataViewType)} must not exceed " +
                $"{type.Name}.{nameof(uint.MaxValue)} and must be strictly positive, but got {count}.");
        }
        Count = count;
    }

    public KeyDataViewType(Type type, int count)
        : this(type, (ulong)count) =>
        Contracts.CheckParam(count > 0, nameof(count), "The cardinality of a " + nameof(KeyDataViewType) + " must be strictly positive.");

    public ulong Count { get; }

    public static bool IsValidDataType(Type type) =>
        type == typeof(byte) || type == typeof(ushort) || type == typeof(uint) || type == typeof(ulong);

    public override bool Equals(DataViewType other) =>
        other == this || other is KeyDataViewType key && key.RawType == RawType && key.Count == Count;

    public override bool Equals(object other) => other is DataViewType type && Equals(type);

    public override int GetHashCode() => HashCode.Combine(RawType, Count);

    public override string ToString() => $"Key<{RawType.Name}, 0-{Count - 1}>";
}
