using System.Numerics;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The members of an object as the columns of a row.</summary>
internal abstract class ObjectRow<TRow> : DataViewRow
    where TRow : class
{
    protected readonly IHost Host;

    private readonly Delegate[] _getters;

    protected ObjectRow(IHostEnvironment env, DataViewSchema schema, MemberColumn[] columns, Func<int, bool> predicate)
    {
        Host = env.Register("Row");
        Schema = schema;
        _getters = [.. columns.Select((column, i) => predicate(i) ? MakeGetter(column) : null)];
    }

    public override DataViewSchema Schema { get; }

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        if (column.Index < 0 || column.Index >= _getters.Length)
            throw Host.Except("Column index must be between 0 and {0}", _getters.Length);
        return _getters[column.Index] is not null;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Host.CheckParam(column.Index <= _getters.Length && IsColumnActive(column), nameof(column), "requested column not active");
        var getter = _getters[column.Index];
        return getter as ValueGetter<TValue> ?? throw Host.Except(
            $"Invalid TValue in GetGetter for column #{column}: '{typeof(TValue)}', " +
            $"expected type: '{getter.GetType().GetGenericArguments().First()}'.");
    }

    protected abstract TRow GetCurrentRowObject();

    private Delegate MakeGetter(MemberColumn column)
    {
        var type = column.Member.Type;
        if (type == typeof(string[]))
            return MakeTextArrayGetter(column.Member);
        if (type.IsArray)
            return Utils.MarshalInvoke(MakeArrayGetter<int>, type.GetElementType(), column.Member);
        if (column.ColumnType is VectorDataViewType vector)
            return Utils.MarshalInvoke(MakeBufferGetter<int>, vector.ItemType.RawType, column.Member);
        if (type == typeof(string))
            return MakeTextGetter(column.Member);
        if (column.ColumnType is KeyDataViewType key)
            return Utils.MarshalInvoke(MakeKeyGetter<int>, key.RawType, column.Member, key);
        if (column.ColumnType is PrimitiveDataViewType || DataViewTypeManager.Knows(column.ColumnType))
            return Utils.MarshalInvoke(MakeDirectGetter<int>, type, column.Member);
        throw Host.ExceptNotSupp("Type '{0}' is not yet supported.", type.FullName);
    }

    private ValueGetter<VBuffer<ReadOnlyMemory<char>>> MakeTextArrayGetter(DataMember member)
    {
        var read = member.MakeReader<TRow, string[]>();
        return (ref VBuffer<ReadOnlyMemory<char>> dst) =>
        {
            var texts = read(GetCurrentRowObject());
            var editor = VBufferEditor.Create(ref dst, Utils.Size(texts));
            for (var i = 0; i < editor.Values.Length; i++)
                editor.Values[i] = texts[i].AsMemory();
            dst = editor.Commit();
        };
    }

    private Delegate MakeArrayGetter<T>(DataMember member)
    {
        var read = member.MakeReader<TRow, T[]>();
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> dst) =>
        {
            var values = read(GetCurrentRowObject());
            var editor = VBufferEditor.Create(ref dst, Utils.Size(values));
            values.AsSpan().CopyTo(editor.Values);
            dst = editor.Commit();
        });
    }

    private Delegate MakeBufferGetter<T>(DataMember member)
    {
        var read = member.MakeReader<TRow, VBuffer<T>>();
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> dst) => read(GetCurrentRowObject()).CopyTo(ref dst));
    }

    private ValueGetter<ReadOnlyMemory<char>> MakeTextGetter(DataMember member)
    {
        var read = member.MakeReader<TRow, string>();
        return (ref ReadOnlyMemory<char> dst) => dst = read(GetCurrentRowObject()).AsMemory();
    }

    private Delegate MakeDirectGetter<T>(DataMember member)
    {
        var read = member.MakeReader<TRow, T>();
        return (ValueGetter<T>)((ref T dst) => dst = read(GetCurrentRowObject()));
    }

    // In objects keys count from 0, and what is out of range is missing.
    private Delegate MakeKeyGetter<T>(DataMember member, KeyDataViewType key)
        where T : INumberBase<T>
    {
        Host.Check(typeof(T) == typeof(ulong) || typeof(T) == typeof(uint) || typeof(T) == typeof(byte));
        var read = member.MakeReader<TRow, T>();
        return (ValueGetter<T>)((ref T dst) =>
        {
            var value = read(GetCurrentRowObject());
            dst = ulong.CreateTruncating(value) < key.Count ? value + T.One : T.Zero;
        });
    }
}
