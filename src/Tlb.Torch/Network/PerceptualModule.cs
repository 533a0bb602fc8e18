using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The fast stream: Transformer blocks over the tokens of one chunk, some of which read the state (paper: the perceptual module).</summary>
internal sealed class PerceptualModule
{
    private readonly TransformerBlock[] _begin;                              // up to the first that reads the state
    private readonly TransformerBlock[] _rest;

    /// <summary>Takes the weights under <c>pm</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dropout">The dropouts in training; else null.</param>
    public PerceptualModule(TlbConfig config, NetworkPlan plan, FoldedWeights weights, NetworkDropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(plan);
        TransformerBlock[] blocks = [.. plan.Fast.Select(block => new TransformerBlock(config, weights, block, dropout))];
        _begin = [.. blocks.TakeWhile(block => block.Context == TokenStream.Fast)];
        _rest = blocks[_begin.Length..];
    }

    /// <summary>Begins to read chunks, as far as the state has no part in it: of any number of chunks at once.</summary>
    /// <param name="chunks">Their tokens, [N, K, D].</param>
    /// <returns>[N, K, D].</returns>
    public Tensor Begin(Tensor chunks)
    {
        var fast = chunks;
        foreach (var block in _begin)
            fast = block.Forward(fast);
        return fast;
    }

    /// <summary>Reads a chunk to the end.</summary>
    /// <param name="begun">The chunk as <see cref="Begin"/> leaves it, [B, K, D].</param>
    /// <param name="state">What the slow stream remembers of the chunks before, normalised, [B, S, D].</param>
    /// <returns>What the fast stream made of the chunk, [B, K, D].</returns>
    public Tensor Forward(Tensor begun, Tensor state)
    {
        var fast = begun;
        foreach (var block in _rest)
            fast = block.Context == TokenStream.Slow ? block.Forward(fast, state) : block.Forward(fast);
        return fast;
    }
}
