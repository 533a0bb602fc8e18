using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>What makes tokens of an image. Written in JSON by name; read in any case ("convolutions").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TokenizerKind>))]
public enum TokenizerKind
{
    /// <summary>
    /// Patches that do not overlap, each projected to a token, which is normalised when its place is added (Keras example: <c>PatchEmbedding</c>;
    /// Vision Transformer, without the normalisation).
    /// </summary>
    Patches,

    /// <summary>
    /// Layers of a convolution, a ReLU and a max-pooling that halves the sides; each place of the last one's result is a token (Compact
    /// Convolutional Transformer, Hassani et al., 2021, arXiv 2104.05704).
    /// </summary>
    Convolutions,
}
