using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Which column type the members of a .NET type get, beyond the built-in ones.</summary>
public static class DataViewTypeManager
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<MemberType, DataViewType> ColumnTypeOf = [];
    private static readonly Dictionary<DataViewType, MemberType> MemberTypeOf = [];

    public static void Register(DataViewType dataViewType, Type type, DataViewTypeAttribute typeAttribute = null)
    {
        if (type.TryGetDataKind(out _) || type == typeof(ReadOnlySpan<char>) || type == typeof(VBuffer<>) || type == typeof(Nullable<>))
        {
            throw Contracts.ExceptParam(nameof(type), $"Type {type} has been registered as ML.NET's default supported type, " +
                "so it can't not be registered again.");
        }
        var member = new MemberType(type, typeAttribute);
        lock (Gate)
        {
            var hasColumn = ColumnTypeOf.TryGetValue(member, out var column);
            if (hasColumn && !column.Equals(dataViewType))
            {
                throw Contracts.ExceptParam(nameof(type), $"Repeated type register. The raw type {type} " +
                    $"has been associated with {column} so it cannot be associated with {dataViewType}.");
            }
            if (MemberTypeOf.TryGetValue(dataViewType, out var other) && other != member)
            {
                throw Contracts.ExceptParam(nameof(dataViewType), $"Repeated type register. The DataView type {dataViewType} " +
                    $"has been associated with {other.Type} so it cannot be associated with {type}.");
            }
            ColumnTypeOf[member] = dataViewType;
            MemberTypeOf[dataViewType] = member;
        }
    }

    internal static DataViewType GetDataViewType(Type type, IEnumerable<Attribute> typeAttributes = null)
    {
        var member = new MemberType(type, TypeAttribute(type, typeAttributes));
        lock (Gate)
        {
            return ColumnTypeOf.TryGetValue(member, out var column) ? column : throw Contracts.ExceptParam(nameof(type),
                $"The raw type {type} with attributes {typeAttributes} is not registered with a DataView type.");
        }
    }

    internal static bool Knows(Type type, IEnumerable<Attribute> typeAttributes = null)
    {
        var member = new MemberType(type, TypeAttribute(type, typeAttributes));
        lock (Gate)
            return ColumnTypeOf.ContainsKey(member);
    }

    internal static bool Knows(DataViewType dataViewType)
    {
        lock (Gate)
            return MemberTypeOf.ContainsKey(dataViewType);
    }

    private static DataViewTypeAttribute TypeAttribute(Type type, IEnumerable<Attribute> attributes)
    {
        var found = attributes?.OfType<DataViewTypeAttribute>().ToArray() ?? [];
        return found.Length <= 1 ? found.FirstOrDefault() : throw Contracts.ExceptParam(nameof(type),
            "Type {0} cannot be marked with multiple attributes, {1}, derived from {2}.", type.Name, found, typeof(DataViewTypeAttribute));
    }

    private readonly record struct MemberType(Type Type, DataViewTypeAttribute Attribute);
}
