using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>In which order the tokens of an image are read, and so which of them share a chunk. Written in JSON by name; read in any case ("tiles").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChunkOrder>))]
public enum ChunkOrder
{
    /// <summary>Left to right, then down, as text is read.</summary>
    Strips,

    /// <summary>Every other row from right to left, so that neighbours in the order are neighbours in the image.</summary>
    Serpentine,

    /// <summary>
    /// In rectangles of as many tokens as a chunk has, as square as that number allows; the rectangles, and the tokens in them, left to
    /// right, then down.
    /// </summary>
    Tiles,
}
