using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

/// <summary>Makes an <see cref="ImageLoadingTransformer"/>; needs no data.</summary>
public sealed class ImageLoadingEstimator : TrivialEstimator<ImageLoadingTransformer>
{
    private readonly bool _asImages;

    internal ImageLoadingEstimator(IHostEnvironment env, string imageFolder, bool type = true,
        params (string outputColumnName, string inputColumnName)[] columns)
        : this(env, new ImageLoadingTransformer(env, imageFolder, type, columns), type)
    {
    }

    internal ImageLoadingEstimator(IHostEnvironment env, ImageLoadingTransformer transformer, bool type = true)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImageLoadingEstimator)), transformer) => _asImages = type;

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        var result = inputSchema.ToDictionary(c => c.Name);
        foreach (var (output, input) in Transformer.Columns)
        {
            if (!inputSchema.TryFindColumn(input, out var column))
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input);
            if (column is not { ItemType: TextDataViewType, Kind: SchemaShape.Column.VectorKind.Scalar })
            {
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input, TextDataViewType.Instance.ToString(),
                    column.GetTypeString());
            }
            result[output] = _asImages
                ? new SchemaShape.Column(output, SchemaShape.Column.VectorKind.Scalar, new ImageDataViewType(), false)
                : new SchemaShape.Column(output, SchemaShape.Column.VectorKind.VariableVector, NumberDataViewType.Byte, false);
        }
        return new SchemaShape(result.Values);
    }
}
