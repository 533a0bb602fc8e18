using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>
/// Finds the codec of a column type, and writes and reads descriptions of codecs: the name, and the parameters with
/// their size before them.
/// </summary>
internal sealed class CodecFactory
{
    private static readonly IValueCodec[] Simple =
    [
        new FixedSizeCodec<sbyte>(NumberDataViewType.SByte), new FixedSizeCodec<byte>(NumberDataViewType.Byte),
        new FixedSizeCodec<short>(NumberDataViewType.Int16), new FixedSizeCodec<ushort>(NumberDataViewType.UInt16),
        new FixedSizeCodec<int>(NumberDataViewType.Int32), new FixedSizeCodec<uint>(NumberDataViewType.UInt32),
        new FixedSizeCodec<long>(NumberDataViewType.Int64), new FixedSizeCodec<ulong>(NumberDataViewType.UInt64),
        new FixedSizeCodec<float>(NumberDataViewType.Single), new FixedSizeCodec<double>(NumberDataViewType.Double),
        new FixedSizeCodec<TimeSpan>(TimeSpanDataViewType.Instance), new FixedSizeCodec<DataViewRowId>(RowIdDataViewType.Instance),
        new TextCodec(), new BooleanCodec(), new DateTimeCodec(), new DateTimeOffsetCodec(),
    ];

    private static readonly Dictionary<Type, IValueCodec> ByType = Simple.ToDictionary(c => c.Type.RawType);
    private static readonly Dictionary<string, IValueCodec> ByName = Simple.ToDictionary(c => c.LoadName);

    private readonly IHost _host;

    public CodecFactory(IHostEnvironment env)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register(nameof(CodecFactory));
    }

    /// <summary>False for types that cannot be written, such as images.</summary>
    public bool TryGetCodec(DataViewType type, out IValueCodec codec)
    {
        codec = type switch
        {
            KeyDataViewType key => ByType[key.RawType].OfKey(key),
            VectorDataViewType vector => TryGetCodec(vector.ItemType, out var item) ? item.OfVector(vector) : null,
            _ => ByType.GetValueOrDefault(type.RawType),
        };
        return codec is not null;
    }

    public void WriteCodec(Stream definitionStream, IValueCodec codec)
    {
        using var writer = new BinaryWriter(definitionStream, Encoding.UTF8, leaveOpen: true);
        Write(writer, codec);
    }

    /// <summary>Leaves the stream behind the description; false if the codec is not known.</summary>
    public bool TryReadCodec(Stream definitionStream, out IValueCodec codec)
    {
        using var reader = new BinaryReader(definitionStream, Encoding.UTF8, leaveOpen: true);
        var name = reader.ReadString();
        _host.CheckDecode(name.Length > 0, "Non-empty signature string expected");
        var size = reader.Read7BitEncodedInt64();
        var start = definitionStream.Position;
        _host.CheckDecode(0 <= size && size <= definitionStream.Length - start, "Codec type definition read from stream too large");
        codec = null;
        if (name == "VBuffer")
            codec = ReadVectorCodec(reader);
        else if (name == "Key2")
            codec = ReadKeyCodec(reader);
        else if (!ByName.TryGetValue(name, out codec))
            definitionStream.Position = start + size;
        _host.CheckDecode(definitionStream.Position == start + size, "Codec type definition of another size than it says");
        return codec is not null;
    }

    internal static void Write(BinaryWriter writer, IValueCodec codec)
    {
        using var parameters = new MemoryStream();
        using var parameterWriter = new BinaryWriter(parameters);
        codec.WriteParameters(parameterWriter);
        writer.Write(codec.LoadName);
        writer.Write7BitEncodedInt64(parameters.Length);
        writer.Write(parameters.GetBuffer(), 0, (int)parameters.Length);
    }

    private IValueCodec ReadVectorCodec(BinaryReader reader)
    {
        if (!TryReadCodec(reader.BaseStream, out var item))
            return null;
        var itemType = item.Type as PrimitiveDataViewType;
        _host.CheckDecode(itemType is not null);
        var rank = reader.ReadInt32();
        _host.CheckDecode(0 <= rank && rank <= (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(int));
        var dimensions = new int[rank];
        foreach (ref var dimension in dimensions.AsSpan())
            dimension = reader.ReadInt32();
        _host.CheckDecode(Array.TrueForAll(dimensions, d => d >= 0));
        return item.OfVector(rank == 0 ? new VectorDataViewType(itemType) : new VectorDataViewType(itemType, dimensions));
    }

    private IValueCodec ReadKeyCodec(BinaryReader reader)
    {
        if (!TryReadCodec(reader.BaseStream, out var number))
            return null;
        _host.CheckDecode(KeyDataViewType.IsValidDataType(number.Type.RawType));
        var count = reader.ReadUInt64();
        _host.CheckDecode(0 < count && count <= MaxCount(number.Type.RawType));
        return number.OfKey(new KeyDataViewType(number.Type.RawType, count));
    }

    private static ulong MaxCount(Type number) =>
        number == typeof(byte) ? byte.MaxValue
        : number == typeof(ushort) ? ushort.MaxValue
        : number == typeof(uint) ? uint.MaxValue
        : ulong.MaxValue;
}
