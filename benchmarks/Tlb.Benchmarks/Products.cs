using Tlb.Core;

namespace Tlb.Benchmarks;

/// <summary>The arithmetic of scoring an image, as the kernels do it: with folded attention and one state vector.</summary>
internal static class Products
{
    /// <summary>The floating-point operations of all products of an image.</summary>
    public static double Of(TlbConfig config)
    {
        double d = config.EmbeddingDimension, tokens = config.ChunkSize, heads = config.NumberOfHeads;
        var readers = Enumerable.Range(0, config.BlockCount).Count(config.ReadsState);
        double attention = 2 * heads * d * d, feedForward = 2 * config.FeedForwardExpansion * d * d;
        var chunk = config.BlockCount * tokens * (attention + feedForward)
            + readers * (heads * d * d + tokens * feedForward)
            + attention + feedForward;
        var patch = config.TokenCount * config.PatchSize * config.PatchSize * TlbConfig.Channels * d;
        return 2 * (config.ChunkCount * chunk + patch);
    }
}
