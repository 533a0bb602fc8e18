using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The fast stream: Transformer blocks over the tokens of one chunk, some of which read the state (paper: the perceptual module).</summary>
public sealed class PerceptualModule
{
    private readonly TwoStreamBlock[] _blocks;

    /// <summary>Takes the weights under <c>pm</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public PerceptualModule(TlbConfig config, WeightTensors weights, NetworkDropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        _blocks = [.. Enumerable.Range(0, config.BlockCount).Select(i => new TwoStreamBlock(config, weights, $"pm.{i}", config.ReadsState(i), dropout))];
    }

    /// <summary>Reads a chunk.</summary>
    /// <param name="chunk">Its tokens, [B, K, D].</param>
    /// <param name="state">What the slow stream remembers of the chunks before, [B, K, D].</param>
    /// <returns>What the fast stream made of the chunk, [B, K, D].</returns>
    public Tensor Forward(Tensor chunk, Tensor state)
    {
        var fast = chunk;
        foreach (var block in _blocks)
        {
            (fast, _) = block.Attend(fast, fast);
            fast = block.ReadState(fast, state);
        }
        return fast;
    }
}
