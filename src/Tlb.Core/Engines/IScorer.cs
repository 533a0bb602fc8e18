namespace Tlb.Core;

/// <summary>A network that is ready to score images. It can be used from several threads at once.</summary>
public interface IScorer : IDisposable
{
    /// <summary>Scores images.</summary>
    /// <param name="batch">The images, of any size: they are resized to the network's (bilinear, half-pixel centres).</param>
    /// <param name="probabilities">Receives the probability of each class, [batch.Count, classes]; each row sums to 1.</param>
    /// <exception cref="ArgumentException"><paramref name="probabilities"/> is not batch.Count x classes long.</exception>
    void Score(ImageBatch batch, Span<float> probabilities);
}
