namespace Tlb.Core;

/// <summary>A network that is ready to score images. It can be used from several threads at once.</summary>
internal interface IScorer : IDisposable
{
    /// <summary>Scores images.</summary>
    /// <param name="batch">The images, of any size: they are resized to the network's (bilinear, half-pixel centres).</param>
    /// <param name="probabilities">Receives the probability of each class, [batch.Count, classes]; each row sums to 1.</param>
    /// <exception cref="ArgumentException"><paramref name="probabilities"/> is not batch.Count x classes long.</exception>
    void Score(ImageBatch batch, Span<float> probabilities);

    /// <summary>Scores images, and says what the slow stream attended to in each chunk when it took in what the fast stream made of it.</summary>
    /// <param name="batch">As for <see cref="Score"/>.</param>
    /// <param name="probabilities">As for <see cref="Score"/>, with the same values.</param>
    /// <param name="attention">
    /// Receives the attention to each token, 0 to 1, by its place in the image, left to right, then down, [batch.Count, G, G]: of the
    /// probabilities [heads, state vectors, K] of a chunk the maximum over the state vectors, then the mean over the heads.
    /// <see cref="AttentionMap"/> makes a map of it.
    /// </param>
    /// <param name="stateAttention">
    /// Receives the attention of each state vector, the mean over the heads, [batch.Count, <see cref="TlbConfig.DistinctStates"/>, G, G]; empty
    /// where that isn't asked for.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="probabilities"/> is not batch.Count x classes long, <paramref name="attention"/> not batch.Count x tokens, or
    /// <paramref name="stateAttention"/> neither empty nor batch.Count x state vectors x tokens.
    /// </exception>
    void Explain(ImageBatch batch, Span<float> probabilities, Span<float> attention, Span<float> stateAttention = default);
}
