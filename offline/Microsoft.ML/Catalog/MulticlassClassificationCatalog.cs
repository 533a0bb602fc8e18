using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Classification into any number of classes.</summary>
public sealed class MulticlassClassificationCatalog : TrainCatalogBase
{
    internal MulticlassClassificationCatalog(IHostEnvironment env)
        : base(env, nameof(MulticlassClassificationCatalog)) => Trainers = new MulticlassClassificationTrainers(this);

    public MulticlassClassificationTrainers Trainers { get; }

    public MulticlassClassificationMetrics Evaluate(IDataView data, string labelColumnName = DefaultColumnNames.Label,
        string scoreColumnName = DefaultColumnNames.Score, string predictedLabelColumnName = DefaultColumnNames.PredictedLabel,
        int topKPredictionCount = 0)
    {
        Environment.CheckValue(data, nameof(data));
        Environment.CheckNonEmpty(labelColumnName, nameof(labelColumnName));
        Environment.CheckNonEmpty(scoreColumnName, nameof(scoreColumnName));
        Environment.CheckNonEmpty(predictedLabelColumnName, nameof(predictedLabelColumnName));
        Environment.CheckUserArg(topKPredictionCount >= 0, nameof(topKPredictionCount), "Must be non-negative");
        var evaluator = new MulticlassClassificationEvaluator(Environment, topKPredictionCount);
        return evaluator.Evaluate(data, labelColumnName, scoreColumnName, predictedLabelColumnName);
    }

    public IReadOnlyList<CrossValidationResult<MulticlassClassificationMetrics>> CrossValidate(IDataView data,
        IEstimator<ITransformer> estimator, int numberOfFolds = 5, string labelColumnName = DefaultColumnNames.Label,
        string samplingKeyColumnName = null, int? seed = null)
    {
        Environment.CheckNonEmpty(labelColumnName, nameof(labelColumnName));
        return [.. CrossValidateTrain(data, estimator, numberOfFolds, samplingKeyColumnName, seed).Select(fold =>
            new CrossValidationResult<MulticlassClassificationMetrics>(fold.Model, Evaluate(fold.Scores, labelColumnName),
                fold.Scores, fold.Fold))];
    }

    /// <summary>What the trainers' extension methods are called on.</summary>
    public sealed class MulticlassClassificationTrainers : CatalogInstantiatorBase
    {
        internal MulticlassClassificationTrainers(MulticlassClassificationCatalog catalog)
            : base(catalog)
        {
        }
    }
}
