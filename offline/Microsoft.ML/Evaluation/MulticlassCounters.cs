using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What is counted over the rows of an evaluation.</summary>
internal sealed class MulticlassCounters(int classes, int topK)
{
    private const float Epsilon = 1e-15f;

    private readonly double[] _rowsOfClass = new double[classes];
    private readonly double[] _lossOfClass = new double[classes];
    private readonly double[] _rowsOfRank = new double[classes + 1];
    private readonly double[][] _confusion = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
    private double _rows;
    private double _correct;
    private double _loss;

    /// <summary>Labels beyond the classes are ones that the training has not seen: any prediction is wrong.</summary>
    public void Add(int label, float[] scores)
    {
        var known = label < classes;
        var probability = known ? Math.Min(1, Math.Max(Epsilon, scores[label])) : Epsilon;
        var loss = -Math.Log(probability);
        var scoreOfLabel = known ? scores[label] : 0;
        var rank = 0;
        var assigned = 0;
        for (var i = 0; i < classes; i++)
        {
            if (scores[i] > scoreOfLabel || scores[i] == scoreOfLabel && i < label)
                rank++;
            if (scores[assigned] < scores[i])
                assigned = i;
        }

        _rows++;
        _loss += loss;
        _rowsOfRank[rank]++;
        if (!known)
            return;
        _rowsOfClass[label]++;
        _lossOfClass[label] += loss;
        if (rank == 0)
            _correct++;
        _confusion[label][rank == 0 ? label : assigned]++;
    }

    public MulticlassClassificationMetrics MakeMetrics(IHost host, IEnumerable<string> classNames)
    {
        var present = Enumerable.Range(0, classes).Where(i => _rowsOfClass[i] > 0).ToArray();
        var macro = present.Length > 0 ? present.Sum(i => _confusion[i][i] / _rowsOfClass[i]) / present.Length : 0;
        var loss = _rows > 0 ? _loss / _rows : 0;
        var entropy = present.Sum(i => _rowsOfClass[i] * Math.Log(_rowsOfClass[i] / _rows)) / -_rows;
        double[] lossOfClass = [.. _lossOfClass.Select((sum, i) => _rowsOfClass[i] > 0 ? sum / _rowsOfClass[i] : 0)];
        return new MulticlassClassificationMetrics(_rows > 0 ? _correct / _rows : 0, macro, loss, (entropy - loss) / entropy,
            topK, topK > 0 ? CumulativeRanks() : null, lossOfClass, new ConfusionMatrix(host, _confusion, classNames));
    }

    private double[] CumulativeRanks()
    {
        var cumulative = new double[topK];
        double sum = 0;
        for (var i = 0; i < topK; i++)
            cumulative[i] = sum += _rowsOfRank[i] / _rows;
        return cumulative;
    }
}
