using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ValueToKeyMappingTransformer), null, typeof(SignatureLoadModel),
    "Term Transform", ValueToKeyMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Replaces values by keys; values that it does not know become missing.</summary>
public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "TermTransform";

    private const string RegistrationName = "Term";
    private const string VocabularyDirectory = "Vocabulary";

    private static readonly VersionInfo Version =
        new("TERMTRNF", 0x00010003, 0x00010003, 0x00010003, PackageAssembly.Data, LoaderSignature);
    private static readonly VersionInfo VocabularyVersion =
        new("TERM MAN", 0x00010002, 0x00010002, 0x00010002, PackageAssembly.Data, "TermManager");

    private readonly TermMap[] _maps;
    private readonly bool[] _valuesAsText;

    internal ValueToKeyMappingTransformer(IHostEnvironment env, IDataView input, ValueToKeyMappingEstimator.ColumnOptions[] columns,
        IDataView keyData)
        : base(Contracts.CheckRef(env, nameof(env)).Register(RegistrationName),
            [.. columns.Select(c => (c.OutputColumnName, c.InputColumnName))])
    {
        using var channel = Host.Start("Training");
        var types = ColumnPairs.Select(pair => CheckSource(input.Schema, pair.inputColumnName).Type).ToArray();
        _maps = keyData is null
            ? TermMapTraining.Train(Host, channel, input, columns)
            : TermMapTraining.FromKeyData(Host, channel, keyData, columns, types);
        _valuesAsText = [.. columns.Select(c => c.AddKeyValueAnnotationsAsText)];
    }

    private ValueToKeyMappingTransformer(IHost host, ModelLoadContext ctx)
        : base(host, ctx)
    {
        _maps = new TermMap[ColumnPairs.Length];
        _valuesAsText = new bool[ColumnPairs.Length];
        for (var i = 0; i < _valuesAsText.Length; i++)
            _valuesAsText[i] = ctx.Reader.ReadBoolByte();
        var found = ctx.TryProcessSubModel(VocabularyDirectory, vocabulary =>
        {
            vocabulary.CheckAtModel(VocabularyVersion);
            host.CheckDecode(vocabulary.Reader.ReadInt32() == _maps.Length);
            var codecs = new CodecFactory(host);
            for (var i = 0; i < _maps.Length; i++)
                _maps[i] = TermMap.Load(vocabulary, host, codecs);
        });
        if (!found)
            throw host.ExceptDecode("Missing {0} model", VocabularyDirectory);
    }

    private static ValueToKeyMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        var host = env.Register(RegistrationName);
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version);
        return new ValueToKeyMappingTransformer(host, ctx);
    }

    private DataViewSchema.Column CheckSource(DataViewSchema inputSchema, string name)
    {
        var column = inputSchema.GetColumnOrNull(name) ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
        var item = column.Type.GetItemType();
        if (item is not KeyDataViewType && !item.IsStandardScalar())
        {
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, "standard type or a vector of standard type",
                column.Type.ToString());
        }
        return column;
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        SaveColumns(ctx);
        foreach (var asText in _valuesAsText)
            ctx.Writer.WriteBoolByte(asText);
        ctx.SaveSubModel(VocabularyDirectory, vocabulary =>
        {
            vocabulary.CheckAtModel();
            vocabulary.SetVersionInfo(VocabularyVersion);
            vocabulary.Writer.Write(_maps.Length);
            var codecs = new CodecFactory(Host);
            foreach (var map in _maps)
                map.Save(vocabulary, Host, codecs);
            // For people to read; loading does not look at it.
            vocabulary.SaveTextStream("Terms.txt", writer =>
            {
                foreach (var map in _maps)
                    map.WriteTextTerms(writer);
            });
        });
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly ValueToKeyMappingTransformer _parent;
        private readonly DataViewSchema.Column[] _sources;

        public Mapper(ValueToKeyMappingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema)
        {
            _parent = parent;
            _sources = [.. parent.ColumnPairs.Select(pair => parent.CheckSource(inputSchema, pair.inputColumnName))];
            for (var i = 0; i < _sources.Length; i++)
            {
                var item = _sources[i].Type.GetItemType();
                if (!item.Equals(parent._maps[i].ItemType))
                {
                    throw Host.Except("Could not apply a map over type '{0}' to column '{1}' since it has type '{2}'",
                        parent._maps[i].ItemType, parent.ColumnPairs[i].outputColumnName, item);
                }
            }
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var columns = new DataViewSchema.DetachedColumn[_sources.Length];
            for (var i = 0; i < columns.Length; i++)
            {
                var map = _parent._maps[i];
                var annotations = new DataViewSchema.Annotations.Builder();
                if (map.Count > 0)
                    TermAnnotations.AddKeyValues(annotations, map, _sources[i], _parent._valuesAsText[i]);
                annotations.Add(_sources[i].Annotations, name => name == AnnotationUtils.Kinds.SlotNames);
                DataViewType type = _sources[i].Type is VectorDataViewType vector
                    ? new VectorDataViewType(map.OutputType, vector.Dimensions)
                    : map.OutputType;
                columns[i] = new(_parent.ColumnPairs[i].outputColumnName, type, annotations.ToAnnotations());
            }
            return columns;
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null;
            var column = input.Schema[_sources[iinfo].Index];
            return column.Type is VectorDataViewType
                ? _parent._maps[iinfo].MakeVectorGetter(Host, input, column, _parent.ColumnPairs[iinfo].outputColumnName)
                : _parent._maps[iinfo].MakeGetter(input, column);
        }
    }
}
