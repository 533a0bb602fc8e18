using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Which members of a class are columns, and of which types.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition()
    {
    }

    /// <summary>What the members are for: being read into columns, or being written from them.</summary>
    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public Column this[string columnName]
    {
        get => Find(c => c.ColumnName == columnName);
        set
        {
            Contracts.CheckValue(value, nameof(value));
            if (value.ColumnName != columnName)
            {
                throw Contracts.ExceptParam(nameof(columnName),
                    "The column name is specified as '{0}' but must match the selector '{1}'.", value.ColumnName, columnName);
            }
            var index = FindIndex(c => c.ColumnName == columnName);
            if (index >= 0)
                this[index] = value;
            else
                Add(value);
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        var definition = new SchemaDefinition();
        var names = new HashSet<string>();
        foreach (var member in DataMember.AllOf(userType, direction).Where(m => m.IsColumn))
        {
            var typeAttributes = member.Attributes.OfType<DataViewTypeAttribute>().ToArray();
            if (typeAttributes.Length > 1)
            {
                throw Contracts.ExceptParam(nameof(userType),
                    "Member {0} cannot be marked with multiple attributes, {1}, derived from {2}.",
                    member.Name, typeAttributes, typeof(DataViewTypeAttribute));
            }
            typeAttributes.FirstOrDefault()?.Register();
            if (!names.Add(member.ColumnName))
            {
                throw Contracts.ExceptParam(nameof(userType), "Duplicate column name '{0}' detected, this is disallowed",
                    member.ColumnName);
            }
            definition.Add(new Column(member.Name, ColumnTypeOf(member), member.ColumnName));
        }
        return definition;
    }

    private static DataViewType ColumnTypeOf(DataMember member)
    {
        member.CheckType();
        if (DataViewTypeManager.Knows(member.ItemType, member.Attributes))
            return DataViewTypeManager.GetDataViewType(member.ItemType, member.Attributes);

        const string userType = nameof(userType);
        var item = ColumnTypeExtensions.PrimitiveTypeFromType(member.ItemType);
        if (member.Info.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            if (!KeyDataViewType.IsValidDataType(member.ItemType))
            {
                throw Contracts.ExceptParam(userType,
                    "Member {0} marked with KeyType attribute, but does not appear to be a valid kind of data for a key type", member.Name);
            }
            item = new KeyDataViewType(member.ItemType, key.KeyCount);
        }
        var vector = member.Info.GetCustomAttribute<VectorTypeAttribute>();
        if (member.IsVector)
            return vector?.Dims is { Length: > 0 } dimensions ? new VectorDataViewType(item, dimensions) : new VectorDataViewType(item);
        return vector is null ? item : throw Contracts.ExceptParam(userType,
            $"Member {member.Name} marked with {nameof(VectorTypeAttribute)}, but does not appear to be a vector type");
    }

    /// <summary>The column of one member.</summary>
    public sealed class Column
    {
        private readonly Dictionary<string, (DataViewType Type, Delegate Getter)> _annotations = [];

        internal Column(string memberName, DataViewType columnType, string columnName = null)
        {
            Contracts.CheckNonEmpty(memberName, nameof(memberName));
            MemberName = memberName;
            ColumnName = columnName ?? memberName;
            ColumnType = columnType;
        }

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations
        {
            get
            {
                var builder = new DataViewSchema.Annotations.Builder();
                foreach (var (kind, annotation) in _annotations)
                    builder.Add(kind, annotation.Type, annotation.Getter);
                return builder.ToAnnotations();
            }
        }

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            Contracts.CheckValue(kind, nameof(kind));
            Contracts.CheckValue(annotationType, nameof(annotationType));
            if (_annotations.ContainsKey(kind))
                throw Contracts.Except("Column already contains an annotation of this kind.");
            _annotations[kind] = (annotationType, AnnotationValue.MakeGetter(value, annotationType));
        }

        internal void SetAnnotation(DataViewSchema.Column annotation, Delegate getter) =>
            _annotations[annotation.Name] = (annotation.Type, getter);
    }
}
