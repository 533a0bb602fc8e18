using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>Adds a column of decoded images; <see cref="TlbTransformsCatalog.DecodeImages"/> makes it. There is nothing to be learned from data.</summary>
public sealed class ImageDecodingEstimator : IEstimator<ImageDecodingTransformer>
{
    private readonly ImageDecodingTransformer _transformer;

    internal ImageDecodingEstimator(ImageDecodingTransformer transformer) => _transformer = transformer;

    /// <summary>Makes the transformer.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type than expected.</exception>
    public ImageDecodingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);                          // checks it
        return _transformer;
    }

    /// <summary>The columns that the transformer will give: those of the input and the images.</summary>
    /// <param name="inputSchema">The input's columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type than expected.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return SchemaShapes.WithImages(inputSchema, _transformer.InputColumnName, _transformer.OutputColumnName);
    }
}
