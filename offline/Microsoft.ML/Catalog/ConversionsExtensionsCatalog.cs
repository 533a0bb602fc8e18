using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Estimators that make keys of values and values of keys.</summary>
public static class ConversionsExtensionsCatalog
{
    private const int DefaultMaximumNumberOfKeys = 1000000;

    public static KeyToValueMappingEstimator MapKeyToValue(this TransformsCatalog.ConversionTransforms catalog, string outputColumnName,
        string inputColumnName = null) => new(catalog.GetEnvironment(), (outputColumnName, inputColumnName ?? outputColumnName));

    public static KeyToValueMappingEstimator MapKeyToValue(this TransformsCatalog.ConversionTransforms catalog,
        InputOutputColumnPair[] columns)
    {
        var env = catalog.GetEnvironment();
        env.CheckValue(columns, nameof(columns));
        return new KeyToValueMappingEstimator(env, [.. columns.Select(c => (c.OutputColumnName, c.InputColumnName))]);
    }

    public static ValueToKeyMappingEstimator MapValueToKey(this TransformsCatalog.ConversionTransforms catalog, string outputColumnName,
        string inputColumnName = null, int maximumNumberOfKeys = DefaultMaximumNumberOfKeys,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null) => new(catalog.GetEnvironment(),
            [new(outputColumnName, inputColumnName, maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText)], keyData);

    public static ValueToKeyMappingEstimator MapValueToKey(this TransformsCatalog.ConversionTransforms catalog,
        InputOutputColumnPair[] columns, int maximumNumberOfKeys = DefaultMaximumNumberOfKeys,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null)
    {
        var env = catalog.GetEnvironment();
        env.CheckValue(columns, nameof(columns));
        return new ValueToKeyMappingEstimator(env, [.. columns.Select(c => new ValueToKeyMappingEstimator.ColumnOptions(c.OutputColumnName,
            c.InputColumnName, maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText))], keyData);
    }
}
