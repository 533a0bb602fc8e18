namespace Tlb.Cpu;

/// <summary>A block of the plan with its weights.</summary>
/// <param name="Queries">The stream that attends, and is changed.</param>
/// <param name="Context">The stream that is attended to.</param>
/// <param name="Attention">The attention.</param>
/// <param name="FeedForward">The feed-forward layer, which blocks may share.</param>
/// <param name="Layer">The place of the feed-forward layer among all.</param>
/// <param name="Use">How many blocks before this one have the same feed-forward layer.</param>
/// <param name="NormalizesQueries">Whether the stream that attends has to be normalised: no block of this chunk has done so since it changed.</param>
/// <param name="NormalizesContext">Whether the stream that is attended to has to be; of one stream that does both, it is this.</param>
internal sealed record FoldedBlock(
    TokenStream Queries, TokenStream Context, FoldedAttention Attention, FoldedFeedForward FeedForward, int Layer, int Use, bool NormalizesQueries, bool NormalizesContext)
{
    /// <summary>Which streams each block of a chunk has to normalise: those that have changed since a block before it did.</summary>
    /// <param name="blocks">The blocks, in order.</param>
    public static IEnumerable<(BlockPlan Block, bool Queries, bool Context)> Normalizations(IEnumerable<BlockPlan> blocks)
    {
        var normalized = new HashSet<TokenStream>();                         // since they last changed
        foreach (var block in blocks)
        {
            var context = normalized.Add(block.Attention.Context);
            yield return (block, normalized.Add(block.Attention.Queries), context);
            normalized.Remove(block.Attention.Queries);
        }
    }

    /// <summary>Whether all that a block attends to is one state vector, so that it reads it whole, whatever it asks.</summary>
    /// <param name="shape">The sizes.</param>
    public bool ReadsOneState(TileShape shape) => shape.StatesAreOne && Context == TokenStream.Slow;
}
