using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The Temporal Latent Bottleneck network of the Keras example "When Recurrence meets Transformers".</summary>
/// <remarks>
/// Made of tensors for one or more passes, which stay their owner's.
/// </remarks>
internal sealed class TlbNetwork
{
    private readonly Dense _classifier;
    private readonly ScalarType _classifierType;
    private readonly int _stateVectors;
    private readonly int _dimension;

    /// <summary>Makes a network.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; null for scoring.</param>
    public TlbNetwork(TlbConfig config, FoldedWeights weights, NetworkDropout? dropout = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        PatchEmbedding = new(config, weights);
        Cell = new(config, weights, dropout);
        (_classifier, _classifierType) = (weights.Classifier, weights.Type);
        // State vectors that start equal stay equal, unless dropout tells them apart: one of them then is all of them.
        (_stateVectors, _dimension) = (dropout is null ? 1 : config.ChunkSize, config.EmbeddingDimension);
    }

    /// <summary>Makes a network that computes in the type of its weights, without dropout. Gradients flow back to the weights.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    public TlbNetwork(TlbConfig config, WeightTensors weights) : this(config, Folded(config, weights))
    {
    }

    /// <summary>Makes tokens of images.</summary>
    public PatchEmbedding PatchEmbedding { get; }

    /// <summary>The step of the recurrence.</summary>
    public TlbCell Cell { get; }

    /// <summary>Classifies images.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>The probability of each class, [B, classes].</returns>
    public Tensor Forward(Tensor images) => ForwardLogits(images).softmax(1, ScalarType.Float32); // [B, classes]

    /// <summary>Classifies images, without the softmax.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>The logarithm of each class's probability but for a constant, [B, classes].</returns>
    public Tensor ForwardLogits(Tensor images)
    {
        var chunks = PatchEmbedding.Forward(images);                         // [B, C, K, D]
        var fast = Cell.ForwardSequence(chunks, InitialState(chunks));       // [B, K, D]
        return Logits(fast);                                                 // [B, classes]
    }

    /// <summary>Classifies images, and says what the slow stream attended to.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>
    /// The probability of each class, [B, classes]; and the attention to each token of each chunk, [B, C, K]: the maximum over the
    /// state vectors, then the mean over the heads.
    /// </returns>
    public (Tensor Probabilities, Tensor Attention) Explain(Tensor images)
    {
        var chunks = PatchEmbedding.Forward(images);                         // [B, C, K, D]
        var (fast, state) = (chunks, InitialState(chunks));
        var attention = new List<Tensor>();
        foreach (var chunk in chunks.unbind(1))                              // the last too: its update changes no probability, but the map shows it
        {
            using var scope = NewDisposeScope();
            (fast, state, var scores) = Cell.Forward(chunk, state);          // [B, K, D], [B, S, D], [B, H, S, K]
            attention.Add(scores.amax(2).mean([1], type: _classifierType).MoveToOuterDisposeScope()); // [B, K]
            fast.MoveToOuterDisposeScope();
            state.MoveToOuterDisposeScope();
        }
        return (Logits(fast).softmax(1, ScalarType.Float32), stack(attention, 1)); // [B, classes], [B, C, K]
    }

    private static FoldedWeights Folded(TlbConfig config, WeightTensors weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(config, FoldedWeights.Fold(config, weights, weights.Type), weights.Type);
    }

    /// <summary>A state of zeros, [B, S, D], for [B, C, K, D].</summary>
    private Tensor InitialState(Tensor chunks) => zeros(chunks.size(0), _stateVectors, _dimension, chunks.dtype, chunks.device);

    /// <summary>[B, K, D] to [B, classes]; with float32 weights in float32, whatever the blocks computed in.</summary>
    private Tensor Logits(Tensor fast) => _classifier.Forward(fast.mean([1], type: _classifierType));
}
