using System.Collections.Immutable;

namespace Microsoft.ML.Data;

/// <summary>How well a classifier did.</summary>
public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(double accuracyMicro, double accuracyMacro, double logLoss, double logLossReduction,
        int topKPredictionCount, double[] topKAccuracies, double[] perClassLogLoss, ConfusionMatrix confusionMatrix)
    {
        MicroAccuracy = accuracyMicro;
        MacroAccuracy = accuracyMacro;
        LogLoss = logLoss;
        LogLossReduction = logLossReduction;
        TopKPredictionCount = topKPredictionCount;
        TopKAccuracyForAllK = topKAccuracies?.ToImmutableArray();
        PerClassLogLoss = perClassLogLoss.ToImmutableArray();
        ConfusionMatrix = confusionMatrix;
    }

    /// <summary>The mean of the negative logarithms of the true classes' scores.</summary>
    public double LogLoss { get; }

    /// <summary>The share of the log-loss of a guess from the frequencies of the classes that is saved.</summary>
    public double LogLossReduction { get; }

    /// <summary>The mean of the classes' accuracies.</summary>
    public double MacroAccuracy { get; }

    public double MicroAccuracy { get; }

    /// <summary>The accuracy where <see cref="TopKPredictionCount"/> guesses are allowed; 0 where that is 0.</summary>
    public double TopKAccuracy => TopKAccuracyForAllK?.LastOrDefault() ?? 0;

    public int TopKPredictionCount { get; }

    public IReadOnlyList<double> TopKAccuracyForAllK { get; }

    public IReadOnlyList<double> PerClassLogLoss { get; }

    public ConfusionMatrix ConfusionMatrix { get; }
}
