namespace Tlb.Cpu;

/// <summary>Scores a few images at a time, with working memory of its own. Used by one thread at a time.</summary>
internal interface IScoringPass : IDisposable
{
    /// <summary>The most images of one call.</summary>
    int Images { get; }

    /// <summary>Scores some images of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The place in it of the first.</param>
    /// <param name="count">The images, at most <see cref="Images"/>.</param>
    /// <param name="probabilities">Receives the probabilities, [count, classes].</param>
    /// <param name="attention">Receives what the state attended to in each chunk, [count, G, G]; empty where that isn't asked for.</param>
    /// <param name="stateAttention">Receives what each state vector attended to, [count, V, G, G]; empty where that isn't asked for, as it is where <paramref name="attention"/> is.</param>
    void Score(ImageBatch batch, int first, int count, Span<float> probabilities, Span<float> attention, Span<float> stateAttention);
}
