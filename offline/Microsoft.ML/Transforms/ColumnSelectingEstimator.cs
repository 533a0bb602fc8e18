using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Makes a <see cref="ColumnSelectingTransformer"/>; there is nothing to learn.</summary>
public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(IHostEnvironment env, string[] keepColumns, string[] dropColumns,
        bool keepHidden = false, bool ignoreMissing = false)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnSelectingEstimator)),
            new ColumnSelectingTransformer(env, keepColumns, dropColumns, keepHidden, ignoreMissing))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        if (!Transformer.IgnoreMissing && !ColumnSelectingTransformer.IsSchemaValid(inputSchema.Select(c => c.Name),
            Transformer.SelectColumns, out var invalidColumns))
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", string.Join(",", invalidColumns));
        return new SchemaShape(inputSchema.Where(c => Transformer.SelectColumns.Contains(c.Name) == Transformer.KeepColumns));
    }
}
