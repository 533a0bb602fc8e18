namespace Tlb.Cpu;

/// <summary>The sizes of an attention, and how its arrays lie in memory.</summary>
/// <param name="Queries">The columns that ask.</param>
/// <param name="Keys">The tokens that answer.</param>
/// <param name="Heads">The heads.</param>
/// <param name="Width">The features of a head.</param>
/// <param name="SharesKeys">
/// Whether all heads read the same keys and values, and the sums of what they gave each are carried along; or else each head has features
/// of its own in them, side by side.
/// </param>
/// <param name="ProbeStride">The floats from one query's probes, [heads x width], to the next.</param>
/// <param name="ContextStride">The floats from one key or value to the next, and from one column of queries.</param>
/// <param name="ReadStride">The floats from one query's results, [heads x width, then maybe heads], to the next.</param>
internal readonly record struct AttentionShape(
    int Queries, int Keys, int Heads, int Width, bool SharesKeys, int ProbeStride, int ContextStride, int ReadStride)
{
    /// <summary>The features from one head's keys to the next's.</summary>
    public int HeadStep => SharesKeys ? 0 : Width;
}
