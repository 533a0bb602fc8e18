using System.Globalization;

namespace Tlb.ML;

/// <summary>The values behind a label column's keys: what <c>MapKeyToValue</c> turns a prediction into.</summary>
internal sealed class ClassLabels
{
    private static readonly PrimitiveDataViewType[] KnownTypes =
    [
        TextDataViewType.Instance, BooleanDataViewType.Instance, NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16,
        NumberDataViewType.UInt16, NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double,
    ];

    private readonly Action<DataViewSchema.Annotations.Builder, string> _addTo;

    private ClassLabels(PrimitiveDataViewType type, IReadOnlyList<string> names, Action<DataViewSchema.Annotations.Builder, string> addTo) =>
        (Type, Names, _addTo) = (type, names, addTo);

    /// <summary>The values' type: text, or a number.</summary>
    public PrimitiveDataViewType Type { get; }

    /// <summary>The values as texts.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The name of <see cref="Type"/> in a file.</summary>
    public string TypeName => Type.RawType == typeof(ReadOnlyMemory<char>) ? "Text" : Type.RawType.Name;

    /// <summary>Adds the values to annotations.</summary>
    /// <param name="annotations">The annotations.</param>
    /// <param name="kind">The kind of annotation, such as "KeyValues".</param>
    public void AddTo(DataViewSchema.Annotations.Builder annotations, string kind) => _addTo(annotations, kind);

    /// <summary>Takes the values from a label column; null if it has none, or of a type that is neither text nor number.</summary>
    public static ClassLabels? From(DataViewSchema.Column label)
    {
        if (label.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is not VectorDataViewType vector)
            return null;
        return Array.Find(KnownTypes, type => type.RawType == vector.ItemType.RawType)?.RawType switch
        {
            null => null,
            var type when type == typeof(ReadOnlyMemory<char>) => From<ReadOnlyMemory<char>>(label, value => value.ToString()),
            var type when type == typeof(bool) => From<bool>(label, value => value.ToString()),
            var type when type == typeof(sbyte) => Numbers<sbyte>(label),
            var type when type == typeof(byte) => Numbers<byte>(label),
            var type when type == typeof(short) => Numbers<short>(label),
            var type when type == typeof(ushort) => Numbers<ushort>(label),
            var type when type == typeof(int) => Numbers<int>(label),
            var type when type == typeof(uint) => Numbers<uint>(label),
            var type when type == typeof(long) => Numbers<long>(label),
            var type when type == typeof(ulong) => Numbers<ulong>(label),
            var type when type == typeof(float) => Numbers<float>(label),
            _ => Numbers<double>(label),
        };
    }

    /// <summary>Restores values from a file.</summary>
    /// <exception cref="FormatException">The type is not known, or a text is no value of it.</exception>
    public static ClassLabels Parse(string typeName, IReadOnlyList<string> names) => typeName switch
    {
        "Text" => Make(AsMemory(names), names),
        nameof(Boolean) => Make([.. names.Select(bool.Parse)], names),
        nameof(SByte) => ParseNumbers<sbyte>(names),
        nameof(Byte) => ParseNumbers<byte>(names),
        nameof(Int16) => ParseNumbers<short>(names),
        nameof(UInt16) => ParseNumbers<ushort>(names),
        nameof(Int32) => ParseNumbers<int>(names),
        nameof(UInt32) => ParseNumbers<uint>(names),
        nameof(Int64) => ParseNumbers<long>(names),
        nameof(UInt64) => ParseNumbers<ulong>(names),
        nameof(Single) => ParseNumbers<float>(names),
        nameof(Double) => ParseNumbers<double>(names),
        _ => throw new FormatException($"The class labels are of the unknown type '{typeName}'."),
    };

    /// <summary>Texts as ML.NET holds them.</summary>
    public static ReadOnlyMemory<char>[] AsMemory(IReadOnlyList<string> texts)
    {
        var values = new ReadOnlyMemory<char>[texts.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = texts[i].AsMemory();
        return values;
    }

    private static ClassLabels From<T>(DataViewSchema.Column label, Func<T, string> toText)
    {
        VBuffer<T> buffer = default;
        label.Annotations.GetValue("KeyValues", ref buffer);
        var values = buffer.DenseValues().ToArray();
        return Make(values, [.. values.Select(toText)]);
    }

    private static ClassLabels Numbers<T>(DataViewSchema.Column label) where T : IFormattable =>
        From<T>(label, value => value.ToString(null, CultureInfo.InvariantCulture));

    private static ClassLabels ParseNumbers<T>(IReadOnlyList<string> names) where T : IParsable<T> =>
        Make([.. names.Select(name => T.Parse(name, CultureInfo.InvariantCulture))], names);

    private static ClassLabels Make<T>(T[] values, IReadOnlyList<string> names)
    {
        var type = Array.Find(KnownTypes, type => type.RawType == typeof(T))!;
        return new(type, names, AddTo);

        void AddTo(DataViewSchema.Annotations.Builder annotations, string kind) => annotations.Add(
            kind, new VectorDataViewType(type, values.Length), (ref VBuffer<T> buffer) => new VBuffer<T>(values.Length, values).CopyTo(ref buffer));
    }
}
