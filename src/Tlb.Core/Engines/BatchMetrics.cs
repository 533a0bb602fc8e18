namespace Tlb.Core;

/// <summary>Metrics of some images, as sums, so that batches of any size add up to the metrics of a whole set.</summary>
/// <param name="Count">The images.</param>
/// <param name="LossSum">The sum of their losses (cross-entropy, natural logarithm).</param>
/// <param name="CorrectCount">The images whose most probable class is their own.</param>
public readonly record struct BatchMetrics(long Count, double LossSum, long CorrectCount)
{
    /// <summary>The mean loss; NaN for no images.</summary>
    public double Loss => LossSum / Count;

    /// <summary>The share of images classified correctly, 0 to 1; NaN for no images.</summary>
    public double Accuracy => (double)CorrectCount / Count;

    /// <summary>The metrics of both together.</summary>
    public static BatchMetrics operator +(BatchMetrics left, BatchMetrics right) =>
        new(left.Count + right.Count, left.LossSum + right.LossSum, left.CorrectCount + right.CorrectCount);

    /// <summary>The metrics of both together.</summary>
    /// <param name="other">The other metrics.</param>
    public BatchMetrics Add(BatchMetrics other) => this + other;
}
