using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>What tells the state vectors apart. Written in JSON by name; read in any case ("learned").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StateKind>))]
public enum StateKind
{
    /// <summary>They start as vectors that are learned.</summary>
    Learned,

    /// <summary>They start at zero, and sines and cosines of their place are added before each chunk (the authors' code: <c>posembed_state</c>).</summary>
    Sinusoidal,
}
