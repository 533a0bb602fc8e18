namespace Tlb.Cpu;

/// <summary>The dropouts of one training step: a mask for each block of each chunk, told apart by numbers.</summary>
/// <param name="config">The network.</param>
/// <param name="seed">What tells this training from others.</param>
/// <param name="step">What tells this step from the others of the training.</param>
/// <param name="images">The images of the batch.</param>
internal sealed class StepDropout(TlbConfig config, int seed, long step, int images)
{
    private const int UsesPerLayer = 2;                                      // the blocks that may share a feed-forward layer

    private readonly uint _key = unchecked(((uint)seed + (uint)step * 0x9E3779B9u) * 0xC2B2AE35u);

    // Whole tiles of the widest kind, so that tiles of any width have the same masks.
    private readonly uint _images = (uint)((images + Registers.MostLanes - 1) / Registers.MostLanes * Registers.MostLanes);

    /// <summary>The dropout of an attention's probabilities.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="layer">The place of the block's feed-forward layer among all.</param>
    /// <param name="use">How many blocks before it have the same feed-forward layer.</param>
    /// <param name="firstImage">The image in lane 0.</param>
    public DropoutMask Attention(int chunk, int layer, int use, int firstImage) => Mask(config.AttentionDropout, chunk, layer, use, firstImage);

    /// <summary>The dropout of a feed-forward layer's output.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="layer">The place of the block's feed-forward layer among all.</param>
    /// <param name="use">How many blocks before it have the same feed-forward layer.</param>
    /// <param name="firstImage">The image in lane 0.</param>
    public DropoutMask FeedForward(int chunk, int layer, int use, int firstImage) => Mask(config.FeedForwardDropout, chunk, layer, UsesPerLayer + use, firstImage);

    private DropoutMask Mask(float rate, int chunk, int layer, int kind, int firstImage)
    {
        var number = ((uint)chunk * (uint)(config.BlockCount + 1) + (uint)layer) * (2 * UsesPerLayer) + (uint)kind;
        var key = unchecked((_key ^ (number * 0x9E3779B1u)) * 0x85EBCA6Bu);
        return new(rate, key ^ (key >> 15), _images, (uint)firstImage);
    }
}
