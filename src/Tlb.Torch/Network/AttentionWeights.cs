using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The weights of an attention, multiplied out as <see cref="FoldedWeights"/> describes.</summary>
/// <param name="Probe">From a normalised token to what each head compares with the normalised context, [N, D] to [N, H*D].</param>
/// <param name="Read">From the normalised context that each head reads, to the token's change, [N, H*D] to [N, D].</param>
/// <param name="ReadOne">The same where there is one token to read, which all heads do, [N, D] to [N, D].</param>
/// <param name="Shift">What <paramref name="Read"/>'s bias has of each head, [H, D]: it counts as often as the head's probabilities sum to.</param>
internal sealed record AttentionWeights(Dense Probe, Dense Read, Dense ReadOne, Tensor Shift);
