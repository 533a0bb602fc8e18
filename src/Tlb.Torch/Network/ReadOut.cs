using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>What the classes are read from: a mean of tokens, of state vectors, or both; and the classifier.</summary>
/// <remarks>The means and the classifier are computed in the weights' own type, whatever the blocks computed in.</remarks>
internal sealed class ReadOut
{
    private readonly TlbConfig _config;
    private readonly LayerNorm _norm;
    private readonly Dense? _pool;
    private readonly Dense _classifier;
    private readonly ScalarType _type;

    /// <summary>Takes the weights under <c>pool</c>, <c>state.ln</c> and <c>head</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    public ReadOut(TlbConfig config, FoldedWeights weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (_config, _norm) = (config, new(config));
        (_pool, _classifier, _type) = (weights.Pool, weights.Classifier, weights.Type);
    }

    /// <summary>Reads the classes.</summary>
    /// <param name="fast">The fast stream of all chunks, [B, N, D], or of the last, [B, K, D], if no more is read.</param>
    /// <param name="state">The state after the last chunk, [B, S, D]; may be null if it is not read.</param>
    /// <returns>The logarithm of each class's probability but for a constant, [B, classes].</returns>
    public Tensor Forward(Tensor fast, Tensor? state)
    {
        ArgumentNullException.ThrowIfNull(fast);
        List<Tensor> means = [];                                             // [B, D] each
        if (_pool is not null)
            means.Add(Pool(fast, _pool));
        if (_config.ReadsFinalState)
            means.Add(_norm.Forward(state ?? throw new ArgumentNullException(nameof(state))).mean([1], type: _type));
        if (means.Count == 0)
            means.Add(fast.mean([1], type: _type));                          // as it is, of the last chunk
        return _classifier.Forward(means.Count == 1 ? means[0] : cat(means, 1)); // [B, classes]
    }

    /// <summary>Sequence pooling: the mean of the normalised tokens, weighted by the softmax of a score of each, [B, N, D] to [B, D].</summary>
    private Tensor Pool(Tensor tokens, Dense pool)
    {
        var normalized = _norm.Forward(tokens);                              // [B, N, D]
        var shares = pool.Forward(normalized.view(-1, _config.EmbeddingDimension)) // [B*N, 1]
            .view(tokens.size(0), 1, -1).softmax(2);                         // [B, 1, N]
        return shares.bmm(normalized).squeeze(1).to(_type);                  // [B, D]
    }
}
