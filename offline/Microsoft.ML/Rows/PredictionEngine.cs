using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Predicts for one object at a time; not safe for use by several threads at once.</summary>
public sealed class PredictionEngine<TSrc, TDst> : PredictionEngineBase<TSrc, TDst>
    where TSrc : class
    where TDst : class, new()
{
    internal PredictionEngine(IHostEnvironment env, ITransformer transformer, bool ignoreMissingColumns,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null, bool ownsTransformer = true)
        : base(env, transformer, ignoreMissingColumns, inputSchemaDefinition, outputSchemaDefinition, ownsTransformer)
    {
    }

    public override void Predict(TSrc example, ref TDst prediction)
    {
        Contracts.CheckValue(example, nameof(example));
        ExtractValues(example);
        prediction ??= new TDst();
        FillValues(prediction);
    }
}
