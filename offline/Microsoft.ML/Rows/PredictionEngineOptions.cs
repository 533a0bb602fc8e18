using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>How an engine treats its columns and its transformer.</summary>
public sealed class PredictionEngineOptions
{
    public bool IgnoreMissingColumns = true;
    public SchemaDefinition InputSchemaDefinition;
    public SchemaDefinition OutputSchemaDefinition;
    public bool OwnsTransformer = true;
}
