using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Multi-head attention of some tokens to some context, with a residual.</summary>
/// <remarks>
/// To heads as wide as a token, the normalised context itself is key and value (<see cref="FoldedWeights"/>): a head of a token is then a
/// token more. Narrower heads have keys and values of their own: a head of an image is then an image more.
/// </remarks>
internal sealed class Attention
{
    private readonly AttentionWeights _weights;
    private readonly Dropout? _dropout;
    private readonly int _heads;
    private readonly int _dimension;
    private readonly bool _isWide;

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
        _isWide = _weights.Shift is not null;
        _dropout = dropout;
    }

    /// <summary>Attends.</summary>
    /// <param name="query">The tokens that ask, [B, T, D].</param>
    /// <param name="normalizedQuery">The same, normalised, [B, T, D].</param>
    /// <param name="context">The tokens that answer, normalised, [B, S, D].</param>
    /// <returns>The asking tokens plus what they read, [B, T, D], and the attention probabilities, for <see cref="ByHead"/>.</returns>
    public (Tensor Output, Tensor Scores) Forward(Tensor query, Tensor normalizedQuery, Tensor context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(normalizedQuery);
        ArgumentNullException.ThrowIfNull(context);
        var (queries, keys, values) = Project(normalizedQuery, context);     // [B, T*H, D], [B, S, D] or [B*H, T, W], [B*H, S, W]
        var scores = queries.bmm(keys.transpose(1, 2)).softmax(2);           // [B, T*H, S] or [B*H, T, S]
        var dropped = _dropout?.Forward(scores) ?? scores;                   // the same
        var read = _weights.Read.Forward(SideBySide(dropped.bmm(values), query.size(0))) // [B*T, D], as if the probabilities summed to 1
            .view(query.size(0), -1, _dimension);                            // [B, T, D]
        var output = query.add(read, Scalars.One);                           // [B, T, D]
        if (_dropout is null || _weights.Shift is null)
            return (output, scores);
        var excess = dropped.sum(2).sub(Scalars.One).view(query.size(0), -1, _heads); // [B, T, H]
        return (output.add(excess.matmul(_weights.Shift), Scalars.One), scores); // [B, T, D]
    }

    /// <summary>Attends without dropout, in the shorter way that there is where one token answers: it gets all the attention, whoever asks.</summary>
    /// <param name="query">The tokens that ask, [B, T, D].</param>
    /// <param name="context">The token that answers, normalised, [B, 1, D].</param>
    /// <returns>The asking tokens plus what they read, [B, T, D]; null where there is no shorter way.</returns>
    public Tensor? ReadOne(Tensor query, Tensor context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(context);
        if (_dropout is not null || context.size(1) != 1 || _weights.ReadOne is null)
            return null;
        var read = _weights.ReadOne.Forward(context.squeeze(1));             // [B, D]
        return query.add(read.unsqueeze(1), Scalars.One);                    // [B, T, D]
    }

    /// <summary>Attention probabilities, head by head.</summary>
    /// <param name="scores">As <see cref="Forward"/> gives them.</param>
    /// <returns>[B, H, T, S].</returns>
    public Tensor ByHead(Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return _isWide
            ? scores.unflatten(1, -1, _heads).transpose(1, 2)                // [B, T*H, S] to [B, H, T, S]
            : scores.unflatten(0, -1, _heads);                               // [B*H, T, S] to [B, H, T, S]
    }

    private (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor normalizedQuery, Tensor context)
    {
        if (_isWide)
        {
            var probe = _weights.Query.Forward(normalizedQuery.reshape(-1, _dimension)) // [B*T, H*D]
                .view(normalizedQuery.size(0), -1, _dimension);              // [B, T*H, D]
            return (probe, context, context);
        }
        if (_weights.KeyValue is null)
            return Heads(_weights.Query, normalizedQuery, 3) is [var q, var k, var v] ? (q, k, v) : throw new InvalidOperationException();
        var keyValue = Heads(_weights.KeyValue, context, 2);
        return (Heads(_weights.Query, normalizedQuery, 1)[0], keyValue[0], keyValue[1]);
    }

    /// <summary>Projects tokens, [B, T, D], for each head: some parts of [B*H, T, W] each.</summary>
    private Tensor[] Heads(Dense projection, Tensor tokens, int parts)
    {
        var batch = tokens.size(0);
        return projection.Forward(tokens.reshape(-1, _dimension))            // [B*T, parts*D]
            .view(batch, -1, parts, _heads, _dimension / _heads)             // [B, T, parts, H, W]
            .permute(2, 0, 3, 1, 4)                                          // [parts, B, H, T, W]
            .reshape(parts, batch * _heads, -1, _dimension / _heads)         // [parts, B*H, T, W]
            .unbind(0);
    }

    /// <summary>What the heads of a token read, side by side: [B*T, H*D] or [B*T, D].</summary>
    private Tensor SideBySide(Tensor read, long batch) => _isWide
        ? read.view(-1, _heads * _dimension)                                 // [B, T*H, D] to [B*T, H*D]
        : read.view(batch, _heads, -1, _dimension / _heads)                  // [B*H, T, W] to [B, H, T, W]
            .transpose(1, 2)                                                 // [B, T, H, W]
            .reshape(-1, _dimension);                                        // [B*T, D]
}
