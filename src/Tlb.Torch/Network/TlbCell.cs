using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>One step of the recurrence: the fast stream reads a chunk, then the slow stream takes in what it made of it (paper, section 2).</summary>
/// <param name="config">The network.</param>
/// <param name="weights">Its weights.</param>
/// <param name="dropout">The dropouts in training; else null.</param>
public sealed class TlbCell(TlbConfig config, WeightTensors weights, NetworkDropout? dropout)
{
    /// <summary>The fast stream.</summary>
    public PerceptualModule PerceptualModule { get; } = new(config, weights, dropout);

    /// <summary>The slow stream.</summary>
    public LatentBottleneck LatentBottleneck { get; } = new(config, weights, dropout);

    /// <summary>Takes a step.</summary>
    /// <param name="chunk">The tokens of a chunk, [B, K, D].</param>
    /// <param name="state">The state before, [B, K, D].</param>
    /// <returns>The fast stream, [B, K, D]; the state after, [B, K, D]; what each state vector attended to, [B, H, K, K].</returns>
    public (Tensor Fast, Tensor State, Tensor Scores) Forward(Tensor chunk, Tensor state)
    {
        var fast = PerceptualModule.Forward(chunk, state);
        var (next, scores) = LatentBottleneck.Forward(state, fast);
        return (fast, next, scores);
    }
}
