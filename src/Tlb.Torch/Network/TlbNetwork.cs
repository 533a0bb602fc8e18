using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>A Temporal Latent Bottleneck network, of either form.</summary>
/// <remarks>
/// Made of tensors for one or more passes, which stay their owner's.
/// </remarks>
internal sealed class TlbNetwork
{
    private readonly TlbConfig _config;
    private readonly ReadOut _readOut;
    private readonly ScalarType _type;
    private readonly Tensor? _order;
    private readonly Tensor? _stateStart;
    private readonly int _stateVectors;

    /// <summary>Makes a network.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; null for scoring.</param>
    public TlbNetwork(TlbConfig config, FoldedWeights weights, NetworkDropout? dropout = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        _config = config;
        Tokenizer = new(config, weights);
        Cell = new(config, weights, dropout);
        _readOut = new(config, weights);
        (_type, _order, _stateStart) = (weights.Type, weights.Order, weights.StateStart);
        // State vectors that start equal stay equal, unless dropout or their places tell them apart: one of them then is all of them.
        var areEqual = dropout is null && weights.StateStart is null && weights.StatePlaces is null;
        _stateVectors = areEqual ? 1 : new NetworkPlan(config).StateCount;
    }

    /// <summary>Makes a network that computes in the type of its weights, without dropout. Gradients flow back to the weights.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    public TlbNetwork(TlbConfig config, WeightTensors weights) : this(config, Folded(config, weights))
    {
    }

    /// <summary>Makes tokens of images.</summary>
    public Tokenizer Tokenizer { get; }

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
        var tokens = Tokenizer.Forward(images);                              // [B, N, D]
        var (fast, state) = Cell.ForwardSequence(tokens, InitialState(tokens)); // [B, N or K, D], [B, S, D]
        return _readOut.Forward(fast, state);                                // [B, classes]
    }

    /// <summary>Classifies images, and says what the slow stream attended to.</summary>
    /// <param name="images">Red, green and blue between 0 and 1, [B, S, S, 3].</param>
    /// <returns>
    /// The probability of each class, [B, classes]; and the attention to each token when its chunk was read, left to right, then down,
    /// [B, N]: the maximum over the state vectors, then the mean over the heads. Of each state vector, [B, S, N]: the mean over the heads.
    /// </returns>
    public (Tensor Probabilities, Tensor Attention, Tensor StateAttention) Explain(Tensor images)
    {
        var tokens = Tokenizer.Forward(images);                              // [B, N, D]
        var state = InitialState(tokens);                                    // [B, S, D]
        List<Tensor> read = [], attention = [], stateAttention = [];
        foreach (var chunk in tokens.split(_config.ChunkSize, 1))            // the last too: if its update changes no probability, the map shows it
        {
            using var scope = NewDisposeScope();
            (var fast, state, var scores) = Cell.Forward(chunk, state);      // [B, K, D], [B, S, D], [B, H, S, K]
            attention.Add(scores.amax(2).mean([1], type: _type).MoveToOuterDisposeScope()); // [B, K]
            stateAttention.Add(scores.mean([1], type: _type).MoveToOuterDisposeScope()); // [B, S, K]
            read.Add(fast.MoveToOuterDisposeScope());
            state.MoveToOuterDisposeScope();
        }
        var logits = _readOut.Forward(_config.ReadsTokens ? cat(read, 1) : read[^1], state); // [B, classes]
        return (logits.softmax(1, ScalarType.Float32), OnGrid(attention), OnGrid(stateAttention)); // [B, classes], [B, N], [B, S, N]
    }

    /// <summary>What is said of the tokens of each chunk, [..., K], by their places in the image: left to right, then down, [..., N].</summary>
    private Tensor OnGrid(List<Tensor> chunks)
    {
        var read = cat(chunks, -1);                                          // [..., N], in the order of reading
        return _order is null ? read : zeros_like(read).index_copy(-1, _order, read);
    }

    private static FoldedWeights Folded(TlbConfig config, WeightTensors weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(config, FoldedWeights.Fold(config, weights, weights.Type), weights.Type);
    }

    /// <summary>The state before the first chunk: what is learned, or zeros. [B, S, D], for [B, N, D].</summary>
    private Tensor InitialState(Tensor tokens)
    {
        ReadOnlySpan<long> shape = [tokens.size(0), _stateVectors, _config.EmbeddingDimension];
        return _stateStart?.expand(shape) ?? zeros(shape, tokens.dtype, tokens.device);
    }
}
