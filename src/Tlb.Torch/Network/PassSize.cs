namespace Tlb.Torch;

/// <summary>The memory that a pass of <see cref="TlbNetwork"/> takes at the least for an image: what lives at once, in numbers of 32 bits.</summary>
internal static class PassSize
{
    /// <summary>The bytes of an image that is scored: the image, all its tokens, and what a block makes of a chunk.</summary>
    public static long ScoringBytes(TlbConfig config) =>
        checked(sizeof(float) * (ImageFloats(config) + Convolutions(config).DefaultIfEmpty().Max() + Blocks(config).Max() + ReadOutFloats(config)));

    /// <summary>The bytes of an image that is trained on: what every block makes of every chunk is kept for the backward pass.</summary>
    public static long TrainingBytes(TlbConfig config) =>
        checked(sizeof(float) * (ImageFloats(config) + Convolutions(config).Sum() + config.ChunkCount * Blocks(config).Sum() + ReadOutFloats(config)));

    /// <summary>The image and its patches, or its copy for convolutions; its tokens, and the same normalised.</summary>
    private static long ImageFloats(TlbConfig config) =>
        2L * config.ImageSize * config.ImageSize * TlbConfig.Channels + 2L * config.TokenCount * config.EmbeddingDimension;

    /// <summary>What each convolution gives, before it is pooled.</summary>
    private static IEnumerable<long> Convolutions(TlbConfig config)
    {
        for (var i = 0; i < config.ConvolutionCount; i++)
            yield return (long)config.ConvolutionSize(i) * config.ConvolutionSize(i) * config.ConvolutionInputs(i + 1);
    }

    /// <summary>
    /// What each block makes of a chunk: of each column that asks its probes, scores and what they read for each head, and so many times its
    /// features as feed-forward layers have; of each that answers keys and values, where it has its own.
    /// </summary>
    private static IEnumerable<long> Blocks(TlbConfig config)
    {
        var plan = new NetworkPlan(config);
        long d = config.EmbeddingDimension, heads = config.NumberOfHeads;
        foreach (var block in plan.Blocks)
        {
            long queries = Columns(block.Attention.Queries), keys = Columns(block.Attention.Context);
            yield return checked(
                queries * (heads * (2 * plan.HeadDimension + keys) + (config.FeedForwardExpansion + 2) * d) + (plan.HasWideHeads ? 0 : 2 * keys * d));
        }

        int Columns(TokenStream stream) => stream == TokenStream.Slow ? plan.StateCount : config.ChunkSize;
    }

    /// <summary>What the fast stream made of all tokens, and the same normalised, where they are pooled; and the classes.</summary>
    private static long ReadOutFloats(TlbConfig config) =>
        (config.ReadsTokens ? 2L * config.TokenCount * config.EmbeddingDimension : 0) + config.NumberOfClasses;
}
