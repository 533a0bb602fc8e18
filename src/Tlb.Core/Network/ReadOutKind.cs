using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>What the classes are read from. Written in JSON by name; read in any case ("both").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReadOutKind>))]
public enum ReadOutKind
{
    /// <summary>The mean of the state vectors after the last chunk, normalised. (The authors' code has a hidden layer with ReLU between it and the classes.)</summary>
    State,

    /// <summary>
    /// A mean of what the fast stream made of the tokens of all chunks, normalised and weighted by learned scores (sequence pooling of the
    /// Compact Convolutional Transformer, Hassani et al., 2021).
    /// </summary>
    Tokens,

    /// <summary>Both, side by side.</summary>
    Both,
}
