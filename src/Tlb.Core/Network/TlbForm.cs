using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>Which reading of the Temporal Latent Bottleneck a network is. Written in JSON by name; read in any case ("paper").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TlbForm>))]
public enum TlbForm
{
    /// <summary>
    /// The network of the Keras example "When Recurrence meets Transformers": every block attends among the tokens of its chunk, every
    /// R-th of them then to the state by the same feed-forward layer; heads as wide as a token; as many state vectors as tokens in a
    /// chunk, all of which start at zero and so stay the same; the classes are read from the last chunk.
    /// </summary>
    KerasExample,

    /// <summary>
    /// The network of the paper, its blocks as the authors' code has them (google-research/long-range-arena, <c>transformer_tlb</c>): R blocks attend
    /// among the tokens of their chunk, the next one to the state, and so on; heads share the width of a token; state vectors are told
    /// apart, and are as many as one likes; the classes are read from the state, from what the fast stream made of all chunks, or both.
    /// </summary>
    Paper,
}
