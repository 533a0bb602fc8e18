using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Writes the columns of rows into the members of objects.</summary>
internal sealed class TypedCursorable<TRow>
    where TRow : class
{
    private readonly IHost _host;
    private readonly IDataView _data;
    private readonly List<(MemberColumn Member, int Column)> _bound = [];

    private TypedCursorable(IHostEnvironment env, IDataView data, bool ignoreMissingColumns, MemberColumn[] columns)
    {
        _host = env.Register("TypedCursorable");
        _data = data;
        foreach (var column in columns)
        {
            if (data.Schema.GetColumnOrNull(column.ColumnName) is not { } source)
            {
                if (ignoreMissingColumns)
                    continue;
                throw _host.ExceptSchemaMismatch("Schema", "", column.ColumnName);
            }
            if (column.Member.IsVector != source.Type is VectorDataViewType || source.Type.GetItemType().RawType != column.Member.ItemType)
            {
                throw _host.Except("Can't bind the IDataView column '{0}' of type '{1}' to field or property '{2}' of type '{3}'.",
                    column.ColumnName, source.Type, column.Member.Name, column.Member.Type.FullName);
            }
            _bound.Add((column, source.Index));
        }
    }

    public static TypedCursorable<TRow> Create(IHostEnvironment env, IDataView data, bool ignoreMissingColumns,
        SchemaDefinition schemaDefinition)
    {
        var members = schemaDefinition is null
            ? DataMember.AllOf(typeof(TRow), SchemaDefinition.Direction.Write)
            : schemaDefinition.Select(c => DataMember.Find(typeof(TRow), c.MemberName)).Where(m => m is not null);
        foreach (var member in members.Where(m => m.IsColumn))
            CheckMember(member, data);
        var columns = schemaDefinition is null
            ? MemberColumn.AllOf(typeof(TRow), SchemaDefinition.Direction.Write)
            : MemberColumn.AllOf(typeof(TRow), schemaDefinition);
        return new TypedCursorable<TRow>(env, data, ignoreMissingColumns, columns);
    }

    /// <summary>One object for each row, or the same one for all.</summary>
    public IEnumerable<TRow> ReadAll(Func<TRow> create, bool reuseRowObject)
    {
        var needed = _bound.Select(b => b.Column).ToHashSet();
        using var cursor = _data.GetRowCursor(_data.Schema.Where(c => needed.Contains(c.Index)));
        using var channel = _host.Start("Cursor");
        var fill = MakeFiller(cursor);
        TRow row = null;
        while (cursor.MoveNext())
        {
            if (!reuseRowObject || row is null)
                row = create();
            fill(row);
            yield return row;
        }
    }

    /// <summary>What writes the current values of <paramref name="input"/> into an object, for as long as that lives.</summary>
    public Action<TRow> Bind(DataViewRow input)
    {
        _host.Start("Row");
        return MakeFiller(input);
    }

    private Action<TRow> MakeFiller(DataViewRow input)
    {
        var setters = _bound.Select(b => MakeSetter(input, b.Column, b.Member)).ToArray();
        return row =>
        {
            foreach (var set in setters)
                set(row);
        };
    }

    // A member of an unknown type gets a message that names the type it should have.
    private static void CheckMember(DataMember member, IDataView data)
    {
        if (member.ItemType.TryGetDataKind(out _) || DataViewTypeManager.Knows(member.ItemType, member.Attributes))
            return;
        var index = data.Schema.GetColumnOrNull(member.ColumnName)?.Index ?? -1;
        var expected = data.Schema[index].Type.RawType;
        if (member.ItemType != expected)
        {
            throw Contracts.ExceptParam("actualType", $"The expected type '{expected}' does not match the type of the " +
                $"'{member.ColumnName}' member: '{member.ItemType}'. Please change the {member.ColumnName} member to '{expected}'");
        }
    }

    private Action<TRow> MakeSetter(DataViewRow input, int index, MemberColumn column)
    {
        var source = input.Schema[index];
        var type = column.Member.Type;
        if (type == typeof(string[]))
            return MakeTextArraySetter(input, source, column.Member);
        if (type.IsArray)
            return Utils.MarshalInvoke(MakeArraySetter<int>, type.GetElementType(), input, source, column.Member);
        if (source.Type is VectorDataViewType vector)
            return Utils.MarshalInvoke(MakeBufferSetter<int>, vector.ItemType.RawType, input, source, column.Member);
        if (type == typeof(string))
            return MakeTextSetter(input, source, column.Member);
        if (source.Type is PrimitiveDataViewType || DataViewTypeManager.Knows(source.Type))
            return Utils.MarshalInvoke(MakeDirectSetter<int>, type, input, source, column.Member);
        throw _host.ExceptNotImpl($"Type '{type.FullName}' is not yet supported.");
    }

    private static Action<TRow> MakeTextArraySetter(DataViewRow input, DataViewSchema.Column source, DataMember member)
    {
        var getter = input.GetGetter<VBuffer<ReadOnlyMemory<char>>>(source);
        var read = member.MakeReader<TRow, string[]>();
        var write = member.MakeWriter<TRow, string[]>();
        VBuffer<ReadOnlyMemory<char>> value = default;
        return row =>
        {
            getter(ref value);
            var texts = read(row);
            if (Utils.Size(texts) != value.Length)
                texts = new string[value.Length];
            foreach (var item in value.Items(all: true))
                texts[item.Key] = item.Value.ToString();
            write(row, texts);
        };
    }

    private static Action<TRow> MakeArraySetter<T>(DataViewRow input, DataViewSchema.Column source, DataMember member)
    {
        var getter = input.GetGetter<VBuffer<T>>(source);
        var read = member.MakeReader<TRow, T[]>();
        var write = member.MakeWriter<TRow, T[]>();
        VBuffer<T> value = default;
        return row =>
        {
            var values = read(row);
            getter(ref value);
            if (Utils.Size(values) != value.Length || !value.IsDense)
                values = new T[value.Length];
            value.CopyTo(values);
            write(row, values);
        };
    }

    private static Action<TRow> MakeBufferSetter<T>(DataViewRow input, DataViewSchema.Column source, DataMember member)
    {
        var getter = input.GetGetter<VBuffer<T>>(source);
        var read = member.MakeReader<TRow, VBuffer<T>>();
        var write = member.MakeWriter<TRow, VBuffer<T>>();
        return row =>
        {
            var value = read(row);
            getter(ref value);
            write(row, value);
        };
    }

    private static Action<TRow> MakeTextSetter(DataViewRow input, DataViewSchema.Column source, DataMember member)
    {
        var getter = input.GetGetter<ReadOnlyMemory<char>>(source);
        var write = member.MakeWriter<TRow, string>();
        ReadOnlyMemory<char> value = default;
        return row =>
        {
            getter(ref value);
            write(row, value.ToString());
        };
    }

    private static Action<TRow> MakeDirectSetter<T>(DataViewRow input, DataViewSchema.Column source, DataMember member)
    {
        var getter = input.GetGetter<T>(source);
        var write = member.MakeWriter<TRow, T>();
        T value = default;
        return row =>
        {
            getter(ref value);
            write(row, value);
        };
    }
}
