using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Makes a column to split by out of one whose equal values have to stay together.</summary>
internal static class SamplingKeyColumn
{
    private const uint DefaultSeed = 314489979;
    private const uint HashMask = (1u << 30) - 1;

    public static IDataView Add(IHostEnvironment env, IDataView data, string name, string samplingKeyColumn, int? seed)
    {
        if (data.Schema.GetColumnOrNull(samplingKeyColumn) is not { } source)
            throw env.ExceptSchemaMismatch(nameof(samplingKeyColumn), "SamplingKeyColumn", samplingKeyColumn);
        if (source.Type is KeyDataViewType)
            return new ColumnCopyingEstimator(env, (name, samplingKeyColumn)).Fit(data).Transform(data);
        if (source.Type == NumberDataViewType.Single)
            return AddScaled(env, data, name, source);
        if (source.Type == NumberDataViewType.Double)
            return AddScaledDouble(env, data, name, source);
        return AddHashed(env, data, name, source, (uint?)seed ?? DefaultSeed);
    }

    private static RowToRowMapperTransform AddScaled(IHostEnvironment env, IDataView data, string name, DataViewSchema.Column source)
    {
        var (min, max) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in data.GetColumn<float>(source))
        {
            min = value < min ? value : min;
            max = value > max ? value : max;
        }
        var scale = max > min ? 1 / (max - min) : 0;
        var offset = scale == 0 ? 0 : min;
        return AddMapped<float, float>(env.Register("NormalizingEstimator"), data, name, source, NumberDataViewType.Single,
            value => (value - offset) * scale);
    }

    private static RowToRowMapperTransform AddScaledDouble(IHostEnvironment env, IDataView data, string name, DataViewSchema.Column source)
    {
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in data.GetColumn<double>(source))
        {
            min = value < min ? value : min;
            max = value > max ? value : max;
        }
        var scale = max > min ? 1 / (max - min) : 0;
        var offset = scale == 0 ? 0 : min;
        return AddMapped<double, double>(env.Register("NormalizingEstimator"), data, name, source, NumberDataViewType.Double,
            value => (value - offset) * scale);
    }

    private static RowToRowMapperTransform AddHashed(IHostEnvironment env, IDataView data, string name, DataViewSchema.Column source,
        uint seed)
    {
        var item = source.Type.GetItemType();
        if (item is DateTimeDataViewType or DateTimeOffsetDataViewType or TimeSpanDataViewType)
            env.Register("Convert");
        var host = env.Register("HashingEstimator");
        var isKey = item is KeyDataViewType;
        RowToRowMapperTransform Hash<T>(Func<T, Words> wordsOf) => AddHashedCore(host, data, name, source, seed, wordsOf);
        return item.RawType switch
        {
            var t when t == typeof(ReadOnlyMemory<char>) => AddHashedText(host, data, name, source, seed),
            var t when t == typeof(bool) => Hash<bool>(v => Words.One(v ? 1u : 0)),
            var t when t == typeof(sbyte) => Hash<sbyte>(v => Words.One((uint)v)),
            var t when t == typeof(short) => Hash<short>(v => Words.One((uint)v)),
            var t when t == typeof(int) => Hash<int>(v => Words.One((uint)v)),
            var t when t == typeof(long) => Hash<long>(v => Words.Two((ulong)v)),
            var t when t == typeof(byte) => Hash<byte>(v => isKey && v == 0 ? default : Words.One(v)),
            var t when t == typeof(ushort) => Hash<ushort>(v => isKey && v == 0 ? default : Words.One(v)),
            var t when t == typeof(uint) => Hash<uint>(v => isKey && v == 0 ? default : Words.One(v)),
            var t when t == typeof(ulong) => Hash<ulong>(v => isKey && v == 0 ? default : Words.Two(v)),
            var t when t == typeof(float) => Hash<float>(v =>
                float.IsNaN(v) ? default : Words.One(BitConverter.SingleToUInt32Bits(v + 0f))),
            var t when t == typeof(double) => Hash<double>(v =>
                double.IsNaN(v) ? default : Words.Two(BitConverter.DoubleToUInt64Bits(v + 0d))),
            var t when t == typeof(DateTime) => Hash<DateTime>(v => Words.Two((ulong)v.Ticks)),
            var t when t == typeof(DateTimeOffset) => Hash<DateTimeOffset>(v => Words.Two((ulong)v.UtcTicks)),
            var t when t == typeof(TimeSpan) => Hash<TimeSpan>(v => Words.Two((ulong)v.Ticks)),
            _ => throw host.ExceptParam("inputSchema", "Expected Text, Key, numeric, Boolean or DataViewRowId item type"),
        };
    }

    private static RowToRowMapperTransform AddHashedText(IHost host, IDataView data, string name, DataViewSchema.Column source, uint seed)
    {
        var type = new KeyDataViewType(typeof(uint), 1u << 30);
        if (source.Type is not VectorDataViewType)
        {
            return AddMapped<ReadOnlyMemory<char>, uint>(host, data, name, source, type,
                text => text.IsEmpty ? 0 : (Hashing.MurmurHashV2(seed, text.Span.Trim(' ')) & HashMask) + 1);
        }
        return AddMapped<VBuffer<ReadOnlyMemory<char>>, uint>(host, data, name, source, type, texts =>
        {
            var hash = seed;
            foreach (var text in texts.DenseValues())
            {
                if (text.IsEmpty)
                    return 0;
                hash = Hashing.MurmurHashV2(hash, text.Span.Trim(' '));
            }
            return (hash & HashMask) + 1;
        });
    }

    private static RowToRowMapperTransform AddHashedCore<T>(IHost host, IDataView data, string name, DataViewSchema.Column source,
        uint seed, Func<T, Words> wordsOf)
    {
        var type = new KeyDataViewType(typeof(uint), 1u << 30);
        uint HashAll(IEnumerable<T> values)
        {
            var hash = seed;
            var length = 0;
            foreach (var words in values.Select(wordsOf))
            {
                if (words.Count == 0)
                    return 0;
                hash = Hashing.MurmurRound(hash, words.Low);
                if (words.Count == 2)
                    hash = Hashing.MurmurRound(hash, words.High);
                length += 4 * words.Count;
            }
            return (Hashing.MixHash(hash, length) & HashMask) + 1;
        }
        return source.Type is VectorDataViewType
            ? AddMapped<VBuffer<T>, uint>(host, data, name, source, type, values => HashAll(values.DenseValues()))
            : AddMapped<T, uint>(host, data, name, source, type, value => HashAll([value]));
    }

    private static RowToRowMapperTransform AddMapped<TSrc, TDst>(IHost host, IDataView data, string name, DataViewSchema.Column source,
        PrimitiveDataViewType type, Func<TSrc, TDst> map) => new(host, data, new Mapper<TSrc, TDst>(name, source, type, map));

    /// <summary>What of a value is hashed: one or two words, or none where it is missing.</summary>
    private readonly record struct Words(int Count, uint Low, uint High)
    {
        public static Words One(uint value) => new(1, value, 0);

        public static Words Two(ulong value) => new(2, (uint)value, (uint)(value >> 32));
    }

    private sealed class Mapper<TSrc, TDst>(string name, DataViewSchema.Column source, PrimitiveDataViewType type, Func<TSrc, TDst> map)
        : IRowMapper
    {
        public DataViewSchema.DetachedColumn[] GetOutputColumns() => [new(name, type)];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) => col => activeOutput(0) && col == source.Index;

        public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null;
            if (!activeOutput(0))
                return [null];
            var getter = input.GetGetter<TSrc>(input.Schema[source.Index]);
            TSrc value = default;
            return [(ValueGetter<TDst>)((ref TDst dst) =>
            {
                getter(ref value);
                dst = map(value);
            })];
        }

        public ITransformer GetTransformer() => throw Contracts.ExceptNotSupp();

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw Contracts.ExceptNotSupp();
    }
}
