using System.Globalization;
using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>A colour of red, green and blue. As text: <c>#ff8000</c>, as in HTML.</summary>
/// <param name="Red">Red, 0 to 255.</param>
/// <param name="Green">Green, 0 to 255.</param>
/// <param name="Blue">Blue, 0 to 255.</param>
[JsonConverter(typeof(RgbColorJson))]
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    private const int Digits = 6;

    /// <summary>Black.</summary>
    public static RgbColor Black => default;

    /// <summary>White.</summary>
    public static RgbColor White => new(byte.MaxValue, byte.MaxValue, byte.MaxValue);

    /// <summary>Reads a colour's text.</summary>
    /// <param name="text">Six hexadecimal digits after <c>#</c>, in any case: two each of red, green and blue.</param>
    /// <exception cref="FormatException">It is no colour.</exception>
    public static RgbColor Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length != 1 + Digits || text[0] != '#' || !int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw new FormatException($"'{text}' is no colour; expected red, green and blue in hexadecimal, such as #ffffff for white.");
        return new((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    /// <summary>The colour's text, which <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}
