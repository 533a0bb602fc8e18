using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The slow stream: a few state vectors, updated once per chunk by what the fast stream made of it (paper: the temporal latent bottleneck).</summary>
internal sealed class LatentBottleneck
{
    private readonly LayerNorm _norm;
    private readonly TransformerBlock _block;

    /// <summary>Takes the weights under <c>tlb</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public LatentBottleneck(TlbConfig config, NetworkPlan plan, FoldedWeights weights, NetworkDropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _norm = new(config);
        _block = new(config, weights, plan.Slow.Single(), dropout);          // all forms have one
    }

    /// <summary>Updates the state.</summary>
    /// <param name="state">[B, S, D].</param>
    /// <param name="normalizedState">The same, normalised.</param>
    /// <param name="fast">What the fast stream made of the chunk, [B, K, D].</param>
    /// <returns>The new state, [B, S, D], and what it attended to, for <see cref="ByHead"/>.</returns>
    public (Tensor State, Tensor Scores) Forward(Tensor state, Tensor normalizedState, Tensor fast) =>
        _block.Forward(state, normalizedState, _norm.Forward(fast));

    /// <summary>What each head of each state vector attended to.</summary>
    /// <param name="scores">As <see cref="Forward"/> gives them.</param>
    /// <returns>[B, H, S, K].</returns>
    public Tensor ByHead(Tensor scores) => _block.ByHead(scores);
}
