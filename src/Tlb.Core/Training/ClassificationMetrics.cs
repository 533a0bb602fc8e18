namespace Tlb.Core;

/// <summary>How well images are classified, over a whole set.</summary>
public sealed record ClassificationMetrics
{
    private const float Epsilon = 1e-7f;

    /// <summary>The images.</summary>
    public required int Count { get; init; }

    /// <summary>The mean cross-entropy (natural logarithm; probabilities are clipped to 1e-7 .. 1 - 1e-7 as in Keras).</summary>
    public required double Loss { get; init; }

    /// <summary>The share of images whose most probable class is their own, 0 to 1 (ML.NET: micro-accuracy).</summary>
    public required double Accuracy { get; init; }

    /// <summary>The share of images whose class is among the five most probable, 0 to 1.</summary>
    public required double Top5Accuracy { get; init; }

    /// <summary>The mean over the classes that occur of the accuracy of their images, 0 to 1.</summary>
    public required double MacroAccuracy { get; init; }

    /// <summary>Scores all images of a source, the last, smaller batch included, and compares.</summary>
    /// <param name="images">The images; 1 or more.</param>
    /// <param name="batchSize">The images scored at once.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="score">Scores a batch: [batch.Count, classes].</param>
    /// <param name="cancellation">Stops the scoring.</param>
    internal static ClassificationMetrics Of(IImageSource images, int batchSize, int classes, Action<ImageBatch, Span<float>> score, CancellationToken cancellation)
    {
        var batch = new ImageBatch(images.Layout, Math.Clamp(batchSize, 1, images.Count));
        var probabilities = new float[batch.Capacity * classes];
        var (seen, correct) = (new int[classes], new int[classes]);
        var (loss, top5) = (0.0, 0);
        using var reader = images.Read(shuffleSeed: null);
        for (reader.Fill(batch); batch.Count > 0; reader.Fill(batch))
        {
            cancellation.ThrowIfCancellationRequested();
            score(batch, probabilities.AsSpan(0, batch.Count * classes));
            for (var i = 0; i < batch.Count; i++)
            {
                var label = batch.Labels[i];
                var row = probabilities.AsSpan(i * classes, classes);
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
