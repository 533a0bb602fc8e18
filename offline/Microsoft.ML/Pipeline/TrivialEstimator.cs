using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Base of the estimators that learn nothing.</summary>
public abstract class TrivialEstimator<TTransformer> : IEstimator<TTransformer>
    where TTransformer : class, ITransformer
{
    private protected readonly IHost Host;
    private protected readonly TTransformer Transformer;

    private protected TrivialEstimator(IHost host, TTransformer transformer)
    {
        Host = host;
        Host.CheckValue(transformer, nameof(transformer));
        Transformer = transformer;
    }

    public TTransformer Fit(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        Transformer.GetOutputSchema(input.Schema);
        return Transformer;
    }

    public abstract SchemaShape GetOutputSchema(SchemaShape inputSchema);
}
