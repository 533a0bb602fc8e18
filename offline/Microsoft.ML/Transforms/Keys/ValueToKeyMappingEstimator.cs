using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Learns which values there are, and gives each a key.</summary>
public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly IHost _host;
    private readonly ColumnOptions[] _columns;
    private readonly IDataView _keyData;

    internal ValueToKeyMappingEstimator(IHostEnvironment env, ColumnOptions[] columns, IDataView keyData = null)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register(nameof(ValueToKeyMappingEstimator));
        _host.CheckNonEmpty(columns, nameof(columns));
        if (keyData is not null && keyData.Schema.Count != 1)
        {
            throw _host.ExceptParam(nameof(keyData), "If specified, this data view should contain only a single column " +
                $"containing the terms to map, but this had {keyData.Schema.Count} columns.");
        }
        _columns = columns;
        _keyData = keyData;
    }

    /// <summary>The order of the keys.</summary>
    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }

    public ValueToKeyMappingTransformer Fit(IDataView input) => new(_host, input, _columns, _keyData);

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        var result = inputSchema.ToDictionary(c => c.Name);
        foreach (var column in _columns)
        {
            if (!inputSchema.TryFindColumn(column.InputColumnName, out var source) || !source.ItemType.IsStandardScalar())
                throw _host.ExceptSchemaMismatch(nameof(inputSchema), "input", column.InputColumnName);
            // The keys of keys stand for what the first ones stand for.
            if (!source.IsKey || !source.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values)
                || values.Kind != SchemaShape.Column.VectorKind.Vector)
            {
                values = new SchemaShape.Column(AnnotationUtils.Kinds.KeyValues, SchemaShape.Column.VectorKind.Vector,
                    column.AddKeyValueAnnotationsAsText ? TextDataViewType.Instance : source.ItemType, source.IsKey);
            }
            SchemaShape annotations = source.Annotations.TryFindColumn(AnnotationUtils.Kinds.SlotNames, out var slotNames)
                ? new([slotNames, values])
                : new([values]);
            result[column.OutputColumnName] = new SchemaShape.Column(column.OutputColumnName, source.Kind,
                NumberDataViewType.UInt32, true, annotations);
        }
        return new SchemaShape(result.Values);
    }

    internal sealed class ColumnOptions
    {
        public readonly string OutputColumnName;
        public readonly string InputColumnName;
        public readonly int MaximumNumberOfKeys;
        public readonly KeyOrdinality KeyOrdinality;
        public readonly bool AddKeyValueAnnotationsAsText;

        public ColumnOptions(string outputColumnName, string inputColumnName, int maximumNumberOfKeys, KeyOrdinality keyOrdinality,
            bool addKeyValueAnnotationsAsText)
        {
            Contracts.CheckNonWhiteSpace(outputColumnName, nameof(outputColumnName));
            OutputColumnName = outputColumnName;
            InputColumnName = inputColumnName ?? outputColumnName;
            MaximumNumberOfKeys = maximumNumberOfKeys;
            KeyOrdinality = keyOrdinality;
            AddKeyValueAnnotationsAsText = addKeyValueAnnotationsAsText;
        }
    }
}
