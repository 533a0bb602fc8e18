using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToValueMappingTransformer), null, typeof(SignatureLoadModel),
    "Key To Value Transform", KeyToValueMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Replaces keys by what they stand for.</summary>
public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToValueTransform";

    private static readonly VersionInfo Version =
        new("KEY2VALT", 0x00010001, 0x00010001, 0x00010001, PackageAssembly.Data, LoaderSignature);

    internal KeyToValueMappingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(KeyToValueMappingTransformer)), columns)
    {
    }

    private KeyToValueMappingTransformer(IHost host, ModelLoadContext ctx)
        : base(host, ctx)
    {
    }

    private static KeyToValueMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        var host = env.Register(nameof(KeyToValueMappingTransformer));
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version);
        return new KeyToValueMappingTransformer(host, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        SaveColumns(ctx);
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly KeyToValueMappingTransformer _parent;
        private readonly DataViewType[] _types;
        private readonly ValueMap[] _maps;

        public Mapper(KeyToValueMappingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema)
        {
            _parent = parent;
            _types = new DataViewType[parent.ColumnPairs.Length];
            _maps = new ValueMap[_types.Length];
            for (var i = 0; i < _types.Length; i++)
            {
                var source = inputSchema[ColMapNewToOld[i]];
                var values = source.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type;
                Host.Check(values is not null, "Metadata KeyValues does not exist");
                Host.Check(values.GetVectorSize() == source.Type.GetItemType().GetKeyCountAsInt32(Host),
                    "KeyValues metadata size does not match column type key count");
                var item = (PrimitiveDataViewType)values.GetItemType();
                _types[i] = source.Type is VectorDataViewType vector ? new VectorDataViewType(item, vector.Dimensions) : item;
                _maps[i] = Utils.MarshalInvoke(ReadValues<int>, item.RawType, source);
            }
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() => [.. _parent.ColumnPairs.Select((pair, i) =>
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(InputSchema[ColMapNewToOld[i]].Annotations, name => name == AnnotationUtils.Kinds.SlotNames);
            return new DataViewSchema.DetachedColumn(pair.outputColumnName, _types[i], annotations.ToAnnotations());
        })];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null;
            return _maps[iinfo].MakeGetter(input, input.Schema[ColMapNewToOld[iinfo]]);
        }

        private static ValueMap ReadValues<T>(DataViewSchema.Column source)
        {
            VBuffer<T> values = default;
            source.GetKeyValues(ref values);
            return new ValueMap<T>([.. values.DenseValues()]);
        }
    }

    private abstract class ValueMap
    {
        public Delegate MakeGetter(DataViewRow row, DataViewSchema.Column column) => column.Type.GetItemType().RawType switch
        {
            var t when t == typeof(byte) => MakeGetter<byte>(row, column, key => key),
            var t when t == typeof(ushort) => MakeGetter<ushort>(row, column, key => key),
            var t when t == typeof(uint) => MakeGetter<uint>(row, column, key => key),
            _ => MakeGetter<ulong>(row, column, key => key),
        };

        protected abstract Delegate MakeGetter<TKey>(DataViewRow row, DataViewSchema.Column column, Func<TKey, ulong> widen);
    }

    private sealed class ValueMap<T>(T[] values) : ValueMap
    {
        private readonly T _missing = PrimitiveValues.Missing<T>();
        private readonly bool _missingIsDefault = EqualityComparer<T>.Default.Equals(PrimitiveValues.Missing<T>(), default);

        protected override Delegate MakeGetter<TKey>(DataViewRow row, DataViewSchema.Column column, Func<TKey, ulong> widen)
        {
            if (column.Type is not VectorDataViewType)
            {
                var getter = row.GetGetter<TKey>(column);
                TKey key = default;
                return (ValueGetter<T>)((ref T value) =>
                {
                    getter(ref key);
                    value = ValueOf(widen(key));
                });
            }
            var vectorGetter = row.GetGetter<VBuffer<TKey>>(column);
            VBuffer<TKey> keys = default;
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> dst) =>
            {
                vectorGetter(ref keys);
                Map(keys, widen, ref dst);
            });
        }

        private void Map<TKey>(VBuffer<TKey> keys, Func<TKey, ulong> widen, ref VBuffer<T> dst)
        {
            // Sparse stays sparse where what is left out, the missing key, stands for what is left out again.
            var dense = keys.IsDense || !_missingIsDefault;
            var editor = VBufferEditor.Create(ref dst, keys.Length, dense ? keys.Length : keys.GetValues().Length);
            var count = 0;
            foreach (var (slot, key) in keys.Items(all: dense))
            {
                var value = ValueOf(widen(key));
                if (!dense && IsDefault(value))
                    continue;
                editor.Values[count] = value;
                if (!dense)
                    editor.Indices[count] = slot;
                count++;
            }
            dst = editor.CommitTruncated(count);
        }

        private T ValueOf(ulong key) => key > 0 && key <= (ulong)values.Length ? values[key - 1] : _missing;

        private static bool IsDefault(T value) => value is ReadOnlyMemory<char> text
            ? text.IsEmpty
            : EqualityComparer<T>.Default.Equals(value, default);
    }
}
