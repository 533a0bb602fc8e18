using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The weights of an attention, multiplied out as <see cref="FoldedWeights"/> describes.</summary>
/// <param name="Query">
/// From a normalised token to what it asks with. Heads as wide as a token: what each compares with the normalised context, [N, D] to
/// [N, H*D]. Narrower heads: their queries, [N, D] to [N, D]; in self-attention their keys and values too, [N, D] to [N, 3*D].
/// </param>
/// <param name="Read">From what each head reads to the token's change: [N, H*D] or, of narrower heads, [N, D] to [N, D].</param>
/// <param name="KeyValue">From the other stream's normalised token to the keys and values of narrower heads, [N, D] to [N, 2*D]; else null.</param>
/// <param name="ReadOne">As <paramref name="Read"/> where there is one token to read, which all heads do, [N, D] to [N, D]; null for narrower heads.</param>
/// <param name="Shift">
/// What <paramref name="Read"/>'s bias has of each head, [H, D]: it counts as often as the head's probabilities sum to. Null for narrower
/// heads, whose values have it.
/// </param>
internal sealed record AttentionWeights(Dense Query, Dense Read, Dense? KeyValue = null, Dense? ReadOne = null, Tensor? Shift = null);
