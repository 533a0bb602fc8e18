namespace Tlb.Core;

/// <summary>Measures how well images are classified: again and again, in the same memory.</summary>
/// <param name="images">The images; 1 or more.</param>
/// <param name="batchSize">The images scored at once.</param>
/// <param name="classes">The number of classes.</param>
internal sealed class Validation(IImageSource images, int batchSize, int classes)
{
    private const float Epsilon = 1e-7f;

    private readonly ImageBatch _batch = new(images.Layout, Math.Clamp(batchSize, 1, images.Count));
    private readonly float[] _probabilities = new float[Math.Clamp(batchSize, 1, images.Count) * classes];

    /// <summary>Scores all images, the last, smaller batch included, and compares.</summary>
    /// <param name="score">Scores a batch: [batch.Count, classes].</param>
    /// <param name="cancellation">Stops the scoring.</param>
    public ClassificationMetrics Measure(Action<ImageBatch, Span<float>> score, CancellationToken cancellation)
    {
        var (seen, correct) = (new int[classes], new int[classes]);
        var (loss, top5) = (0.0, 0);
        using var reader = images.Read(shuffleSeed: null);
        for (reader.Fill(_batch); _batch.Count > 0; reader.Fill(_batch))
        {
            cancellation.ThrowIfCancellationRequested();
            score(_batch, _probabilities.AsSpan(0, _batch.Count * classes));
            for (var i = 0; i < _batch.Count; i++)
            {
                var label = _batch.Labels[i];
                var row = _probabilities.AsSpan(i * classes, classes);
                var rank = Rank(row, label);
                loss -= float.IsNaN(row[label]) ? double.NaN : Math.Log(Math.Clamp(row[label], Epsilon, 1 - Epsilon));
                seen[label]++;
                correct[label] += rank == 0 ? 1 : 0;
                top5 += rank < 5 ? 1 : 0;
            }
        }
        var count = seen.Sum();
        return new()
        {
            Count = count,
            Loss = loss / count,
            Accuracy = (double)correct.Sum() / count,
            Top5Accuracy = (double)top5 / count,
            MacroAccuracy = Enumerable.Range(0, classes).Where(c => seen[c] > 0).Average(c => (double)correct[c] / seen[c]),
        };
    }

    /// <summary>How many classes are more probable; of equal ones the first counts as the more probable. NaN is the least probable of all.</summary>
    private static int Rank(ReadOnlySpan<float> probabilities, int label)
    {
        var rank = 0;
        for (var c = 0; c < probabilities.Length; c++)
            if ((c != label && !(probabilities[c] <= probabilities[label])) || (c < label && probabilities[c] == probabilities[label]))
                rank++;
        return rank;
    }
}
