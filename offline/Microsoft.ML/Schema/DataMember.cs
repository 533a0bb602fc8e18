using System.Linq.Expressions;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A field or property that can be a column.</summary>
internal sealed class DataMember
{
    private DataMember(MemberInfo info, Type type)
    {
        Info = info;
        Type = type;
        GetMappedType(type, out var itemType, out var isVector);
        ItemType = itemType;
        IsVector = isVector;
        Attributes = [.. info.GetCustomAttributes()];
    }

    public MemberInfo Info { get; }

    public Type Type { get; }

    /// <summary>The raw type of a value or of a vector's items.</summary>
    public Type ItemType { get; }

    public bool IsVector { get; }

    public Attribute[] Attributes { get; }

    public string Name => Info.Name;

    public string ColumnName => Info.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? Name;

    public bool IsColumn => Type != typeof(IChannel) && Info is not FieldInfo { IsLiteral: true }
        && Info.GetCustomAttribute<NoColumnAttribute>() is null;

    public static IEnumerable<DataMember> AllOf(Type userType, SchemaDefinition.Direction direction)
    {
        Contracts.CheckValue(userType, nameof(userType));
        var fields = userType.GetFields(BindingFlags.Public | BindingFlags.Instance).Select(f => new DataMember(f, f.FieldType));
        var properties = userType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0
            && (direction.HasFlag(SchemaDefinition.Direction.Read) && p.GetGetMethod() is not null
                || direction.HasFlag(SchemaDefinition.Direction.Write) && p.GetSetMethod() is not null));
        return fields.Concat(properties.Select(p => new DataMember(p, p.PropertyType)));
    }

    public static DataMember Find(Type userType, string name) =>
        userType.GetField(name) is { } field ? new DataMember(field, field.FieldType)
        : userType.GetProperty(name) is { } property ? new DataMember(property, property.PropertyType)
        : null;

    public static void GetMappedType(Type rawType, out Type itemType, out bool isVector)
    {
        isVector = rawType.IsArray || rawType.IsGenericType && rawType.GetGenericTypeDefinition() == typeof(VBuffer<>);
        itemType = rawType.IsArray ? rawType.GetElementType() : isVector ? rawType.GetGenericArguments()[0] : rawType;
        if (itemType == typeof(string))
            itemType = typeof(ReadOnlyMemory<char>);
    }

    public static void CheckType(string name, Type itemType, IEnumerable<Attribute> attributes)
    {
        if (!itemType.TryGetDataKind(out _) && !DataViewTypeManager.Knows(itemType, attributes))
        {
            throw Contracts.ExceptParam("rawType",
                "Could not determine an IDataView type and registered custom types for member {0}", name);
        }
    }

    /// <summary>Refuses types that no column can have.</summary>
    public void CheckType() => CheckType(Name, ItemType, Attributes);

    public Func<TRow, TValue> MakeReader<TRow, TValue>()
    {
        var row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda<Func<TRow, TValue>>(Access(row), row).Compile();
    }

    public Action<TRow, TValue> MakeWriter<TRow, TValue>()
    {
        var row = Expression.Parameter(typeof(TRow));
        var value = Expression.Parameter(typeof(TValue));
        return Expression.Lambda<Action<TRow, TValue>>(Expression.Assign(Access(row), value), row, value).Compile();
    }

    private MemberExpression Access(Expression row) => Expression.MakeMemberAccess(row, Info);
}
