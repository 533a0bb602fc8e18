using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>One step of the recurrence: the fast stream reads a chunk, then the slow stream takes in what it made of it (paper, section 2).</summary>
internal sealed class TlbCell
{
    private readonly LayerNorm _stateNorm;
    private readonly int _heads;

    /// <summary>Takes the weights under <c>pm</c> and <c>tlb</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public TlbCell(TlbConfig config, FoldedWeights weights, NetworkDropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        PerceptualModule = new(config, weights, dropout);
        LatentBottleneck = new(config, weights, dropout);
        _stateNorm = new(config);
        _heads = config.NumberOfHeads;
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
        var normalized = _stateNorm.Forward(state);                          // [B, S, D]
        var fast = PerceptualModule.Forward(PerceptualModule.Begin(chunk), normalized); // [B, K, D]
        var (next, scores) = LatentBottleneck.Forward(state, normalized, fast);
        return (fast, next, scores.unflatten(1, -1, _heads).transpose(1, 2)); // [B, H, S, K]
    }

    /// <summary>Takes a step for each chunk of a sequence.</summary>
    /// <param name="chunks">The tokens of each chunk, [B, C, K, D].</param>
    /// <param name="state">The state before, [B, S, D].</param>
    /// <returns>The fast stream of the last chunk, [B, K, D]. The state after it is not computed.</returns>
    public Tensor ForwardSequence(Tensor chunks, Tensor state)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        var byChunk = chunks.transpose(0, 1);                                // [C, B, K, D]
        var begun = PerceptualModule.Begin(byChunk.flatten(0, 1)).view(byChunk.shape).unbind(0); // C x [B, K, D]
        foreach (var chunk in begun.AsSpan(0, begun.Length - 1))
        {
            using var scope = NewDisposeScope();                             // a chunk's tensors live no longer than it is read, but for what a backward pass needs
            var normalized = _stateNorm.Forward(state);                      // [B, S, D]
            (state, _) = LatentBottleneck.Forward(state, normalized, PerceptualModule.Forward(chunk, normalized)); // [B, S, D]
            state.MoveToOuterDisposeScope();
        }
        return PerceptualModule.Forward(begun[^1], _stateNorm.Forward(state)); // [B, K, D]
    }
}
