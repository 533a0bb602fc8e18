using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Estimators one after the other, each learning from what the ones before it make.</summary>
public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    public readonly IEstimator<TLastTransformer> LastEstimator;

    private readonly IHost _host;
    private readonly IEstimator<ITransformer>[] _estimators;
    private readonly TransformerScope[] _scopes;
    private readonly bool[] _needCacheAfter;

    public EstimatorChain()
        : this(null, [], [], [])
    {
    }

    internal EstimatorChain(IHostEnvironment env, IEstimator<ITransformer>[] estimators, TransformerScope[] scopes, bool[] needCacheAfter)
    {
        _host = env?.Register(nameof(EstimatorChain<>));
        _estimators = estimators;
        _scopes = scopes;
        _needCacheAfter = needCacheAfter;
        LastEstimator = estimators.LastOrDefault() as IEstimator<TLastTransformer>;
    }

    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        // Schemas that do not fit are found before any work is done.
        GetOutputSchema(SchemaShape.Create(input.Schema));
        var view = input;
        var transformers = new ITransformer[_estimators.Length];
        for (var i = 0; i < _estimators.Length; i++)
        {
            transformers[i] = _estimators[i].Fit(view);
            view = transformers[i].Transform(view);
            if (_needCacheAfter[i] && i < _estimators.Length - 1)
                view = new CacheDataView(_host, view, null);
        }
        return new TransformerChain<TLastTransformer>(transformers, _scopes);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        _estimators.Aggregate(inputSchema, (schema, estimator) => estimator.GetOutputSchema(schema));

    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator,
        TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        Contracts.CheckValue(estimator, nameof(estimator));
        return new EstimatorChain<TNewTrans>(_host, [.. _estimators, estimator], [.. _scopes, scope], [.. _needCacheAfter, false]);
    }

    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Contracts.CheckValue(env, nameof(env));
        if (_estimators.Length == 0)
            throw new InvalidOperationException("Current estimator chain has no estimator, can't append cache checkpoint.");
        if (_needCacheAfter[^1])
            return this;
        return new EstimatorChain<TLastTransformer>(env, _estimators, _scopes, [.. _needCacheAfter[..^1], true]);
    }
}
