using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The Temporal Latent Bottleneck network of the Keras example "When Recurrence meets Transformers".</summary>
/// <remarks>Made of tensors for one or more passes, and as cheap as that: the tensors belong to the dispose scope of the weights.</remarks>
/// <param name="config">The network.</param>
/// <param name="weights">Its weights.</param>
/// <param name="dropout">The dropouts in training; null for scoring.</param>
public sealed class TlbNetwork(TlbConfig config, WeightTensors weights, NetworkDropout? dropout = null)
{
    private readonly Dense _head = new(weights, "head", config.EmbeddingDimension);

    /// <summary>Makes tokens of images.</summary>
    public PatchEmbedding PatchEmbedding { get; } = new(config, weights);

    /// <summary>The step of the recurrence.</summary>
    public TlbCell Cell { get; } = new(config, weights, dropout);

    /// <summary>Classifies images.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>The probability of each class, [B, classes].</returns>
    public Tensor Forward(Tensor images) => ForwardLogits(images).softmax(1, ScalarType.Float32); // [B, classes]

    /// <summary>Classifies images, without the softmax.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>The logarithm of each class's probability but for a constant, [B, classes].</returns>
    public Tensor ForwardLogits(Tensor images)
    {
        var chunks = PatchEmbedding.Forward(images).unbind(1);               // C x [B, K, D]
        var state = zeros_like(chunks[0]);                                   // [B, K, D]
        foreach (var chunk in chunks[..^1])
            (_, state, _) = Cell.Forward(chunk, state);
        var fast = Cell.PerceptualModule.Forward(chunks[^1], state);         // [B, K, D]; the state is not needed any more
        return _head.Forward(fast.mean([1]));                                // [B, classes]
    }

    /// <summary>Classifies images, and says what the slow stream attended to.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>
    /// The probability of each class, [B, classes]; and the attention to each token of each chunk, [B, C, K]: the maximum over the
    /// state vectors, then the mean over the heads.
    /// </returns>
    public (Tensor Probabilities, Tensor Attention) Explain(Tensor images)
    {
        var chunks = PatchEmbedding.Forward(images).unbind(1);               // C x [B, K, D]
        var fast = chunks[0];                                                // [B, K, D]
        var state = zeros_like(fast);                                        // [B, K, D]
        var attention = new List<Tensor>();
        foreach (var chunk in chunks)                                        // the last too: its update changes no probability, but the map shows it
        {
            (fast, state, var scores) = Cell.Forward(chunk, state);          // [B, K, D], [B, K, D], [B, H, K, K]
            attention.Add(scores.amax(2).mean([1]));                         // [B, K]
        }
        var logits = _head.Forward(fast.mean([1]));                          // [B, classes]
        return (logits.softmax(1, ScalarType.Float32), stack(attention, 1)); // [B, classes], [B, C, K]
    }
}
