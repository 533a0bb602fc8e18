namespace Tlb.Core;

/// <summary>What all engines ask of their callers, checked before anything is computed.</summary>
internal static class EngineArguments
{
    /// <summary>Checks the arguments of a training step.</summary>
    /// <param name="batch">Its images.</param>
    /// <param name="learningRate">Its learning rate.</param>
    /// <param name="config">The network that is trained.</param>
    /// <exception cref="ArgumentException">The batch is empty, or an image's class is not one of the network's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or no finite number.</exception>
    public static void ThrowIfNoStep(ImageBatch batch, float learningRate, TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
            throw new ArgumentException("The batch is empty; a step needs an image or more.", nameof(batch));
        foreach (var label in batch.Labels)
        {
            if ((uint)label >= (uint)config.NumberOfClasses)
                throw new ArgumentException($"An image of the batch has class {label}; the network has {config.NumberOfClasses} classes, numbered from 0.", nameof(batch));
        }
        if (!float.IsFinite(learningRate) || learningRate < 0)
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "A learning rate is a finite number, 0 or more.");
    }

    /// <summary>Checks that there is room for the probabilities of a batch.</summary>
    /// <param name="batch">Its images.</param>
    /// <param name="probabilities">The room.</param>
    /// <param name="config">The network that scores.</param>
    /// <exception cref="ArgumentException">There is too little or too much.</exception>
    public static void ThrowIfNoRoom(ImageBatch batch, ReadOnlySpan<float> probabilities, TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (probabilities.Length != (long)batch.Count * config.NumberOfClasses)
            throw new ArgumentException($"Room for {probabilities.Length} probabilities; expected {batch.Count} x {config.NumberOfClasses}.", nameof(probabilities));
    }

    /// <summary>Checks that there is room for the attention of a batch.</summary>
    /// <param name="batch">Its images.</param>
    /// <param name="attention">The room.</param>
    /// <param name="stateAttention">The room for that of each state vector; empty where it isn't asked for.</param>
    /// <param name="config">The network that explains.</param>
    /// <exception cref="ArgumentException">There is too little or too much.</exception>
    public static void ThrowIfNoRoomForAttention(ImageBatch batch, ReadOnlySpan<float> attention, ReadOnlySpan<float> stateAttention, TlbConfig config)
    {
        var states = config.DistinctStates;
        if (attention.Length != (long)batch.Count * config.TokenCount)
            throw new ArgumentException($"Room for {attention.Length} attention values; expected {batch.Count} x {config.TokenCount}.", nameof(attention));
        if (!stateAttention.IsEmpty && stateAttention.Length != (long)batch.Count * states * config.TokenCount)
            throw new ArgumentException($"Room for {stateAttention.Length} attention values of state vectors; expected {batch.Count} x {states} x {config.TokenCount}, or none.", nameof(stateAttention));
    }

    /// <summary>Checks that weights are of a network; its dropouts don't matter.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="config">The network.</param>
    /// <exception cref="ArgumentException">They are of another one.</exception>
    public static void ThrowIfOfAnother(NetworkWeights weights, TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Config with { AttentionDropout = config.AttentionDropout, FeedForwardDropout = config.FeedForwardDropout } != config)
            throw new ArgumentException($"The weights are of another network: {weights.Config}; expected those of {config}.", nameof(weights));
    }
}
