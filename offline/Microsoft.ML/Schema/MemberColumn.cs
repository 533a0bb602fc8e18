using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A member together with the column that stands for it.</summary>
internal sealed record MemberColumn(DataMember Member, string ColumnName, DataViewType ColumnType, DataViewSchema.Annotations Annotations)
{
    public static MemberColumn[] AllOf(Type userType, SchemaDefinition.Direction direction) =>
        AllOf(userType, SchemaDefinition.Create(userType, direction));

    public static MemberColumn[] AllOf(Type userType, SchemaDefinition userSchemaDefinition)
    {
        var columns = new List<MemberColumn>();
        foreach (var column in userSchemaDefinition)
        {
            var member = DataMember.Find(userType, column.MemberName) ?? throw Contracts.ExceptParam(nameof(userSchemaDefinition),
                "No field or property with name '{0}' found in type '{1}'", column.MemberName, userType.FullName);
            if (member.Type == typeof(IChannel))
                continue;
            member.CheckType();
            var name = string.IsNullOrEmpty(column.ColumnName) ? column.MemberName : column.ColumnName;
            columns.Add(new MemberColumn(member, name, ColumnTypeOf(column.ColumnType, member, name), column.Annotations));
        }
        return [.. columns];
    }

    public static DataViewSchema MakeSchema(IEnumerable<MemberColumn> columns) => SchemaExtensions.MakeSchema(
        columns.Select(c => new DataViewSchema.DetachedColumn(c.ColumnName, c.ColumnType, c.Annotations)));

    private static DataViewType ColumnTypeOf(DataViewType asked, DataMember member, string name)
    {
        const string userSchemaDefinition = nameof(userSchemaDefinition);
        if (asked is null)
        {
            var item = ColumnTypeExtensions.PrimitiveTypeFromType(member.ItemType);
            return member.IsVector ? new VectorDataViewType(item) : item;
        }
        var wantsVector = asked is VectorDataViewType;
        if (member.IsVector != wantsVector)
        {
            throw Contracts.ExceptParam(userSchemaDefinition,
                "Column '{0}' is supposed to be {1}, but type of associated field '{2}' is {3}",
                name, wantsVector ? "vector" : "scalar", member.Name, member.IsVector ? "vector" : "scalar");
        }
        if (asked.GetItemType().RawType != member.ItemType)
        {
            throw Contracts.ExceptParam(userSchemaDefinition,
                "Column '{0}' is supposed to have item type {1}, but associated field has type {2}",
                name, asked.GetItemType().RawType, member.ItemType);
        }
        return asked;
    }
}
