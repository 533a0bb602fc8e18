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
    /// In rectangles of as many tokens as a chunk has, as square as that number allows: rows, as <see cref="Strips"/> has them, where it is a
    /// prime. The rectangles, and the tokens in them, go left to right, then down. Those at the right and lower edge have fewer tokens where they
    /// don't fit, and chunks from there on are made of parts of two.
    /// </summary>
    Tiles,
}
