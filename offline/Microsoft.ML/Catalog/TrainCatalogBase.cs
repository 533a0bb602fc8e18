using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Base of the catalogs of one learning task each.</summary>
public abstract class TrainCatalogBase : IInternalCatalog
{
    private protected TrainCatalogBase(IHostEnvironment env, string registrationName)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckNonEmpty(registrationName, nameof(registrationName));
        Environment = env;
    }

    IHostEnvironment IInternalCatalog.Environment => Environment;

    private protected IHostEnvironment Environment { get; }

    private protected CrossValidationResult[] CrossValidateTrain(IDataView data, IEstimator<ITransformer> estimator,
        int numFolds, string samplingKeyColumn, int? seed = null)
    {
        Environment.CheckValue(data, nameof(data));
        Environment.CheckValue(estimator, nameof(estimator));
        Environment.CheckParam(numFolds > 1, nameof(numFolds), "Must be more than 1");
        var splitColumn = DataOperationsCatalog.CreateSplitColumn(Environment, ref data, samplingKeyColumn, seed, fallbackInEnvSeed: true);
        return [.. DataOperationsCatalog.CrossValidationSplit(Environment, data, splitColumn, numFolds).Select((split, fold) =>
        {
            var model = estimator.Fit(split.TrainSet);
            // The label may be made by stages that are for training only: score with all of them.
            var scores = model is ITransformerChainAccessor chain
                ? chain.Transform(split.TestSet, TransformerScope.Everything)
                : model.Transform(split.TestSet);
            return new CrossValidationResult(model, scores, fold);
        })];
    }

    private protected readonly struct CrossValidationResult(ITransformer model, IDataView scores, int fold)
    {
        public readonly ITransformer Model = model;
        public readonly IDataView Scores = scores;
        public readonly int Fold = fold;
    }

    /// <summary>What one fold of a cross-validation gave.</summary>
    public sealed class CrossValidationResult<T>
        where T : class
    {
        public readonly T Metrics;
        public readonly ITransformer Model;
        public readonly IDataView ScoredHoldOutSet;
        public readonly int Fold;

        internal CrossValidationResult(ITransformer model, T metrics, IDataView scores, int fold)
        {
            Model = model;
            Metrics = metrics;
            ScoredHoldOutSet = scores;
            Fold = fold;
        }
    }

    /// <summary>Base of the lists that trainers are added to by extension methods.</summary>
    public abstract class CatalogInstantiatorBase : IInternalCatalog
    {
        private protected CatalogInstantiatorBase(TrainCatalogBase catalog) => Owner = catalog;

        IHostEnvironment IInternalCatalog.Environment => Owner.GetEnvironment();

        internal TrainCatalogBase Owner { get; }
    }
}
