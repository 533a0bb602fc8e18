using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Makes a <see cref="KeyToValueMappingTransformer"/>; there is nothing to learn.</summary>
public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(KeyToValueMappingEstimator)),
            new KeyToValueMappingTransformer(env, columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        var result = inputSchema.ToDictionary(c => c.Name);
        foreach (var (output, input) in Transformer.ColumnPairs)
        {
            if (!inputSchema.TryFindColumn(input, out var source))
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input);
            if (!source.IsKey)
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input, "KeyType", source.GetTypeString());
            if (!source.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values))
                throw Host.ExceptParam(nameof(inputSchema), $"Input column '{input}' doesn't contain key values metadata");
            var annotations = source.HasSlotNames() && source.Annotations.TryFindColumn(AnnotationUtils.Kinds.SlotNames, out var slotNames)
                ? new SchemaShape([slotNames])
                : null;
            result[output] = new SchemaShape.Column(output, source.Kind, values.ItemType, values.IsKey, annotations);
        }
        return new SchemaShape(result.Values);
    }
}
