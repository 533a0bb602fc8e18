namespace Tlb.Torch;

/// <summary>The memory that a pass of <see cref="TlbNetwork"/> takes at the least for an image: what lives at once, in numbers of 32 bits.</summary>
internal static class PassSize
{
    /// <summary>The bytes of an image that is scored: the image, all its tokens, and what a block makes of a chunk.</summary>
    public static long ScoringBytes(TlbConfig config) =>
        checked(sizeof(float) * (ImageFloats(config) + BlockFloats(config, config.ChunkSize) + config.NumberOfClasses));

    /// <summary>The bytes of an image that is trained on: what every block makes of every chunk is kept for the backward pass.</summary>
    public static long TrainingBytes(TlbConfig config)
    {
        var attentions = config.BlockCount + (config.BlockCount + config.R - 1) / config.R + 1L;
        return checked(sizeof(float) * (ImageFloats(config) + attentions * config.ChunkCount * BlockFloats(config, config.ChunkSize) + config.NumberOfClasses));
    }

    /// <summary>The image and its patches; its tokens, and the same normalised.</summary>
    private static long ImageFloats(TlbConfig config) =>
        2L * config.ImageSize * config.ImageSize * TlbConfig.Channels + 2L * config.TokenCount * config.EmbeddingDimension;

    /// <summary>Of each token its probes, scores and what they read for each head, and four times its features.</summary>
    private static long BlockFloats(TlbConfig config, long tokens) =>
        tokens * (config.NumberOfHeads * (2L * config.EmbeddingDimension + tokens) + (TlbConfig.FeedForwardExpansion + 2L) * config.EmbeddingDimension);
}
