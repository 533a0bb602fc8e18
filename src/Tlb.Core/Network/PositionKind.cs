using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>What tells tokens of different places apart. Written in JSON by name; read in any case ("sinusoidal").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PositionKind>))]
public enum PositionKind
{
    /// <summary>A vector for each place in the order of reading, which is learned.</summary>
    Learned,

    /// <summary>Sines and cosines of the place in the order of reading (Vaswani et al., 2017, section 3.5).</summary>
    Sinusoidal,
}
