namespace Tlb.Cpu;

/// <summary>The dropouts of one training step: a mask for each layer of each chunk, told apart by numbers.</summary>
/// <param name="Config">The network.</param>
/// <param name="Key">What tells this step from all others.</param>
/// <param name="Images">The images of the batch, rounded up to whole tiles.</param>
internal sealed record StepDropout(TlbConfig Config, uint Key, uint Images)
{
    private const uint KindsPerBlock = 4;

    /// <summary>The dropout of an attention's probabilities.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="block">The block; the bottleneck is the one after the last.</param>
    /// <param name="slow">Whether it is the attention to the state.</param>
    /// <param name="firstImage">The image in lane 0.</param>
    public DropoutMask Attention(int chunk, int block, bool slow, int firstImage) => Mask(Config.AttentionDropout, chunk, block, slow ? 1u : 0, firstImage);

    /// <summary>The dropout of a feed-forward layer's output.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="block">The block; the bottleneck is the one after the last.</param>
    /// <param name="slow">Whether it is the one after the attention to the state.</param>
    /// <param name="firstImage">The image in lane 0.</param>
    public DropoutMask FeedForward(int chunk, int block, bool slow, int firstImage) => Mask(Config.FeedForwardDropout, chunk, block, slow ? 3u : 2, firstImage);

    private DropoutMask Mask(float rate, int chunk, int block, uint kind, int firstImage)
    {
        var layer = ((uint)chunk * (uint)(Config.BlockCount + 1) + (uint)block) * KindsPerBlock + kind;
        var key = unchecked((Key ^ (layer * 0x9E3779B1u)) * 0x85EBCA6Bu);
        return new(rate, key ^ (key >> 15), Images, (uint)firstImage);
    }
}
