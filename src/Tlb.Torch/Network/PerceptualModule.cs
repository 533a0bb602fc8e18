using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The fast stream: Transformer blocks over the tokens of one chunk, some of which read the state (paper: the perceptual module).</summary>
internal sealed class PerceptualModule
{
    private readonly TwoStreamBlock[] _blocks;

    /// <summary>Takes the weights under <c>pm</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public PerceptualModule(TlbConfig config, FoldedWeights weights, NetworkDropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        _blocks = [.. Enumerable.Range(0, config.BlockCount).Select(i => new TwoStreamBlock(config, weights, $"pm.{i}", config.ReadsState(i), dropout))];
    }

    /// <summary>Begins to read chunks, as far as the state has no part in it (the self-attention of the first block): of any number of chunks at once.</summary>
    /// <param name="chunks">Their tokens, [N, K, D].</param>
    /// <returns>[N, K, D].</returns>
    public Tensor Begin(Tensor chunks) => _blocks[0].Forward(chunks);

    /// <summary>Reads a chunk to the end.</summary>
    /// <param name="begun">The chunk as <see cref="Begin"/> leaves it, [B, K, D].</param>
    /// <param name="state">What the slow stream remembers of the chunks before, normalised, [B, S, D].</param>
    /// <returns>What the fast stream made of the chunk, [B, K, D].</returns>
    public Tensor Forward(Tensor begun, Tensor state)
    {
        var fast = _blocks[0].ReadState(begun, state);
        foreach (var block in _blocks.AsSpan(1))
            fast = block.ReadState(block.Forward(fast), state);
        return fast;
    }
}
