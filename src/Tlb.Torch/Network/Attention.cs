using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Multi-head attention of some tokens to some context, with a residual (the Keras example's <c>BaseAttention</c>).</summary>
/// <remarks>Every head is as wide as a token. With <see cref="FoldedWeights"/> the normalised context is key and value of all heads.</remarks>
internal sealed class Attention
{
    private readonly AttentionWeights _weights;
    private readonly Dropout? _dropout;
    private readonly int _heads;
    private readonly int _dimension;

    /// <summary>Takes the weights of an attention.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="name">The layer's name, such as <c>pm.0.fast</c>.</param>
    /// <param name="dropout">What drops attention probabilities, in training; else null.</param>
    public Attention(TlbConfig config, FoldedWeights weights, string name, Dropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (_heads, _dimension) = (config.NumberOfHeads, config.EmbeddingDimension);
        _weights = weights.Attention(name);
        _dropout = dropout;
    }

    /// <summary>Attends.</summary>
    /// <param name="query">The tokens that ask, [B, T, D].</param>
    /// <param name="normalizedQuery">The same, normalised, [B, T, D].</param>
    /// <param name="context">The tokens that answer, normalised, [B, S, D].</param>
    /// <returns>The asking tokens plus what they read, [B, T, D], and the attention probabilities, [B, T*H, S].</returns>
    public (Tensor Output, Tensor Scores) Forward(Tensor query, Tensor normalizedQuery, Tensor context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(normalizedQuery);
        ArgumentNullException.ThrowIfNull(context);
        // With one context for all heads, a head is a token more.
        var probe = _weights.Probe.Forward(normalizedQuery.reshape(-1, _dimension)) // [B*T, H*D]
            .view(query.size(0), -1, _dimension);                            // [B, T*H, D]
        var scores = probe.bmm(context.transpose(1, 2)).softmax(2);          // [B, T*H, S]
        var dropped = _dropout?.Forward(scores) ?? scores;                   // [B, T*H, S]
        var read = _weights.Read.Forward(dropped.bmm(context).view(-1, _heads * _dimension)) // [B*T, D], as if the probabilities summed to 1
            .view(query.size(0), -1, _dimension);                            // [B, T, D]
        var output = query.add(read, Scalars.One);                           // [B, T, D]
        if (_dropout is null)
            return (output, scores);
        var excess = dropped.sum(2).sub(Scalars.One).view(query.size(0), -1, _heads); // [B, T, H]
        return (output.add(excess.matmul(_weights.Shift), Scalars.One), scores); // [B, T, D]
    }

    /// <summary>Attends to one token: it gets all the attention, whoever asks.</summary>
    /// <param name="query">The tokens that ask, [B, T, D].</param>
    /// <param name="context">The token that answers, normalised, [B, 1, D].</param>
    /// <returns>The asking tokens plus what they read, [B, T, D].</returns>
    public Tensor ReadOne(Tensor query, Tensor context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(context);
        var read = _weights.ReadOne.Forward(context.squeeze(1));             // [B, D]
        return query.add(read.unsqueeze(1), Scalars.One);                    // [B, T, D]
    }
}
