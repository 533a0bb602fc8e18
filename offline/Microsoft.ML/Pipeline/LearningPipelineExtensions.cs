using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Chains estimators and transformers.</summary>
public static class LearningPipelineExtensions
{
    /// <summary>Goes on with <paramref name="start"/> where that is a chain of no particular end; nests it otherwise.</summary>
    public static EstimatorChain<TTrans> Append<TTrans>(this IEstimator<ITransformer> start, IEstimator<TTrans> estimator,
        TransformerScope scope = TransformerScope.Everything)
        where TTrans : class, ITransformer
    {
        Contracts.CheckValue(start, nameof(start));
        Contracts.CheckValue(estimator, nameof(estimator));
        var chain = start as EstimatorChain<ITransformer> ?? new EstimatorChain<ITransformer>().Append(start);
        return chain.Append(estimator, scope);
    }

    public static EstimatorChain<TTrans> AppendCacheCheckpoint<TTrans>(this IEstimator<TTrans> start, IHostEnvironment env)
        where TTrans : class, ITransformer
    {
        Contracts.CheckValue(start, nameof(start));
        return new EstimatorChain<ITransformer>().Append(start).AppendCacheCheckpoint(env);
    }

    public static TransformerChain<TTrans> Append<TTrans>(this ITransformer start, TTrans transformer)
        where TTrans : class, ITransformer
    {
        Contracts.CheckValue(start, nameof(start));
        Contracts.CheckValue(transformer, nameof(transformer));
        return new TransformerChain<TTrans>(start, transformer);
    }

    /// <summary>Hands the fitted transformer to <paramref name="onFit"/> as well.</summary>
    public static IEstimator<TTransformer> WithOnFitDelegate<TTransformer>(this IEstimator<TTransformer> estimator,
        Action<TTransformer> onFit)
        where TTransformer : class, ITransformer
    {
        Contracts.CheckValue(estimator, nameof(estimator));
        Contracts.CheckValue(onFit, nameof(onFit));
        return new DelegateEstimator<TTransformer>(estimator, onFit);
    }

    private sealed class DelegateEstimator<TTransformer>(IEstimator<TTransformer> estimator, Action<TTransformer> onFit)
        : IEstimator<TTransformer>
        where TTransformer : class, ITransformer
    {
        public TTransformer Fit(IDataView input)
        {
            var transformer = estimator.Fit(input);
            onFit(transformer);
            return transformer;
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => estimator.GetOutputSchema(inputSchema);
    }
}
