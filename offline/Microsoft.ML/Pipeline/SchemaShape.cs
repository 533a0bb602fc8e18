using System.Collections;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What is known of a schema before there are data: no vector sizes and no values of annotations.</summary>
public sealed class SchemaShape : IReadOnlyList<SchemaShape.Column>
{
    private static readonly SchemaShape Empty = new([]);

    private readonly Column[] _columns;

    public SchemaShape(IEnumerable<Column> columns)
    {
        Contracts.CheckValue(columns, nameof(columns));
        _columns = [.. columns];
        Contracts.CheckParam(_columns.All(c => c.IsValid), nameof(columns), "Some items are not initialized properly.");
    }

    public int Count => _columns.Length;

    public Column this[int index] => _columns[index];

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static void GetColumnTypeShape(DataViewType type, out Column.VectorKind vecKind, out DataViewType itemType, out bool isKey)
    {
        vecKind = type is not VectorDataViewType vector ? Column.VectorKind.Scalar
            : vector.IsKnownSize ? Column.VectorKind.Vector
            : Column.VectorKind.VariableVector;
        itemType = type.GetItemType();
        isKey = itemType is KeyDataViewType;
        if (isKey)
            itemType = ColumnTypeExtensions.PrimitiveTypeFromType(itemType.RawType);
    }

    internal static SchemaShape Create(DataViewSchema schema)
    {
        Contracts.CheckValue(schema, nameof(schema));
        return new SchemaShape(schema.Where(c => !c.IsHidden).Select(c =>
            ShapeOf(c, new SchemaShape(c.Annotations.Schema.Select(a => ShapeOf(a, null))))));
    }

    internal bool TryFindColumn(string name, out Column column)
    {
        Contracts.CheckValue(name, nameof(name));
        column = _columns.FirstOrDefault(c => c.Name == name);
        return column.IsValid;
    }

    private static Column ShapeOf(DataViewSchema.Column column, SchemaShape annotations)
    {
        GetColumnTypeShape(column.Type, out var kind, out var itemType, out var isKey);
        return new Column(column.Name, kind, itemType, isKey, annotations);
    }

    /// <summary>What is known of one column.</summary>
    public struct Column
    {
        public readonly string Name;
        public readonly VectorKind Kind;
        public readonly DataViewType ItemType;
        public readonly bool IsKey;
        public readonly SchemaShape Annotations;

        internal Column(string name, VectorKind vecKind, DataViewType itemType, bool isKey, SchemaShape annotations = null)
        {
            Contracts.CheckNonEmpty(name, nameof(name));
            Contracts.CheckParam(itemType is not KeyDataViewType, nameof(itemType), "Item type cannot be a key");
            Contracts.CheckParam(itemType is not VectorDataViewType, nameof(itemType), "Item type cannot be a vector");
            Contracts.CheckParam(!isKey || KeyDataViewType.IsValidDataType(itemType.RawType), nameof(itemType),
                "The item type must be valid for a key");
            Name = name;
            Kind = vecKind;
            ItemType = itemType;
            IsKey = isKey;
            Annotations = annotations ?? Empty;
        }

        public enum VectorKind
        {
            Scalar,
            Vector,
            VariableVector,
        }

        internal readonly bool IsValid => Name is not null;

        /// <summary>Whether <paramref name="source"/> can be used where this column is asked for.</summary>
        internal readonly bool IsCompatibleWith(Column source)
        {
            Contracts.Check(source.IsValid, nameof(source));
            return Name == source.Name && Kind == source.Kind && ItemType.Equals(source.ItemType) && IsKey == source.IsKey
                && Annotations.All(wanted =>
                    source.Annotations.TryFindColumn(wanted.Name, out var given) && wanted.IsCompatibleWith(given));
        }

        internal readonly string GetTypeString()
        {
            var item = IsKey ? $"Key<{ItemType}>" : ItemType.ToString();
            return Kind switch
            {
                VectorKind.Vector => $"Vector<{item}>",
                VectorKind.VariableVector => $"VarVector<{item}>",
                _ => item,
            };
        }
    }
}
