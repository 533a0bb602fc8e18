using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>One step of the recurrence: the fast stream reads a chunk, then the slow stream takes in what it made of it (paper, Algorithm 1).</summary>
internal sealed class TlbCell
{
    private readonly TlbConfig _config;
    private readonly LayerNorm _stateNorm;
    private readonly Tensor? _statePlaces;                                   // [S, D]

    /// <summary>Takes the weights under <c>pm</c> and <c>tlb</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public TlbCell(TlbConfig config, FoldedWeights weights, NetworkDropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        var plan = new NetworkPlan(config);
        (_config, _statePlaces) = (config, weights.StatePlaces);
        PerceptualModule = new(config, plan, weights, dropout);
        LatentBottleneck = new(config, plan, weights, dropout);
        _stateNorm = new(config);
    }

    /// <summary>The fast stream.</summary>
    public PerceptualModule PerceptualModule { get; }

    /// <summary>The slow stream.</summary>
    public LatentBottleneck LatentBottleneck { get; }

    /// <summary>Takes a step.</summary>
    /// <param name="chunk">The tokens of a chunk, [B, K, D].</param>
    /// <param name="state">The state before, [B, S, D].</param>
    /// <returns>The fast stream, [B, K, D]; the state after, [B, S, D]; what each state vector attended to, [B, H, S, K].</returns>
    public (Tensor Fast, Tensor State, Tensor Scores) Forward(Tensor chunk, Tensor state)
    {
        state = Placed(state);                                               // [B, S, D]
        var normalized = _stateNorm.Forward(state);                          // [B, S, D]
        var fast = PerceptualModule.Forward(PerceptualModule.Begin(chunk), normalized); // [B, K, D]
        var (next, scores) = LatentBottleneck.Forward(state, normalized, fast);
        return (fast, next, LatentBottleneck.ByHead(scores));                // [B, H, S, K]
    }

    /// <summary>Takes a step for each chunk of a sequence, as far as the classes are read from it.</summary>
    /// <param name="tokens">The tokens of all chunks, [B, N, D].</param>
    /// <param name="state">The state before, [B, S, D].</param>
    /// <returns>
    /// The fast stream of all chunks, [B, N, D], or of the last, [B, K, D], if no more is read; and the state after the last chunk,
    /// [B, S, D], null if it is not read.
    /// </returns>
    public (Tensor Fast, Tensor? State) ForwardSequence(Tensor tokens, Tensor state)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        List<Tensor> read = [];
        var begun = Begin(tokens);                                           // C x [B, K, D], the last one maybe of fewer tokens
        for (var c = 0; c < begun.Count; c++)
        {
            using var scope = NewDisposeScope();                             // a chunk's tensors live no longer than it is read, but for what a backward pass needs
            var isLast = c == begun.Count - 1;
            state = Placed(state);                                           // [B, S, D]
            var normalized = _stateNorm.Forward(state);                      // [B, S, D]
            var fast = PerceptualModule.Forward(begun[c], normalized);       // [B, K, D]
            if (!isLast || _config.ReadsFinalState)
            {
                (state, _) = LatentBottleneck.Forward(state, normalized, fast); // [B, S, D]
                state.MoveToOuterDisposeScope();
            }
            if (isLast || _config.ReadsTokens)
                read.Add(fast.MoveToOuterDisposeScope());
        }
        return (read.Count == 1 ? read[0] : cat(read, 1), _config.ReadsFinalState ? state : null);
    }

    /// <summary>Begins all chunks: those of <see cref="TlbConfig.ChunkSize"/> at once, then one of fewer tokens.</summary>
    private List<Tensor> Begin(Tensor tokens)
    {
        long size = _config.ChunkSize, whole = tokens.size(1) / size, rest = tokens.size(1) % size, batch = tokens.size(0);
        var chunks = (rest == 0 ? tokens : tokens.narrow(1, 0, whole * size))
            .view(batch, whole, size, -1)                                    // [B, C, K, D]
            .transpose(0, 1)                                                 // [C, B, K, D]
            .flatten(0, 1);                                                  // [C*B, K, D]
        List<Tensor> begun = [.. PerceptualModule.Begin(chunks).view(whole, batch, size, -1).unbind(0)]; // C x [B, K, D]
        if (rest > 0)
            begun.Add(PerceptualModule.Begin(tokens.narrow(1, whole * size, rest))); // [B, rest, D]
        return begun;
    }

    /// <summary>A state with what tells its vectors' places apart.</summary>
    private Tensor Placed(Tensor state) => _statePlaces is null ? state : state.add(_statePlaces, Scalars.One);
}
