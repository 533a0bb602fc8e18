namespace Tlb.Tests;

internal static class Sessions
{
    /// <summary>The mean loss and the accuracy of a batch.</summary>
    public static (double Loss, double Accuracy) Evaluate(this ITrainingSession session, ImageBatch batch, int classes)
    {
        var probabilities = new float[batch.Count * classes];
        session.Score(batch, probabilities);
        var rows = Enumerable.Range(0, batch.Count).Select(i => (Row: probabilities.AsMemory(i * classes, classes), Label: batch.Labels[i])).ToList();
        return (rows.Average(row => -Math.Log(row.Row.Span[row.Label])), rows.Average(row => row.Row.ToArray().Index().MaxBy(p => p.Item).Index == row.Label ? 1 : 0));
    }
}
