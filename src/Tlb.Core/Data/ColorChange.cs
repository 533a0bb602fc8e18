using System.Numerics;

namespace Tlb.Core;

/// <summary>A linear change of colours: each of red, green and blue becomes a weighted sum of all three, and a constant.</summary>
/// <param name="Red">The weights of red, green, blue and 1 in the new red.</param>
/// <param name="Green">The weights of red, green, blue and 1 in the new green.</param>
/// <param name="Blue">The weights of red, green, blue and 1 in the new blue.</param>
internal readonly record struct ColorChange(Vector4 Red, Vector4 Green, Vector4 Blue)
{
    private const float MidGrey = 0.5f;

    private static readonly Vector3 Luma = new(0.299f, 0.587f, 0.114f);      // ITU-R BT.601, as torchvision and Pillow have it

    /// <summary>The change that leaves colours as they are.</summary>
    public static ColorChange None { get; } = new(Vector4.UnitX, Vector4.UnitY, Vector4.UnitZ);

    /// <summary>Makes colours brighter or darker.</summary>
    /// <param name="factor">What they are multiplied with: 0 gives black, 1 changes nothing.</param>
    public static ColorChange Brightness(float factor) => new(factor * Vector4.UnitX, factor * Vector4.UnitY, factor * Vector4.UnitZ);

    /// <summary>Moves colours away from mid-grey (0.5) or towards it.</summary>
    /// <param name="factor">What the distance is multiplied with: 0 gives mid-grey, 1 changes nothing.</param>
    public static ColorChange Contrast(float factor)
    {
        var constant = new Vector4(0, 0, 0, (1 - factor) * MidGrey);
        return new(factor * Vector4.UnitX + constant, factor * Vector4.UnitY + constant, factor * Vector4.UnitZ + constant);
    }

    /// <summary>Moves colours away from the grey of the same luma or towards it.</summary>
    /// <param name="factor">What the distance is multiplied with: 0 gives a grey image, 1 changes nothing.</param>
    public static ColorChange Saturation(float factor)
    {
        var grey = new Vector4((1 - factor) * Luma, 0);
        return new(factor * Vector4.UnitX + grey, factor * Vector4.UnitY + grey, factor * Vector4.UnitZ + grey);
    }

    /// <summary>Turns colours around the axis of the greys, which stay as they are.</summary>
    /// <param name="turns">The angle in turns: 1/3 makes red green, green blue and blue red.</param>
    public static ColorChange Hue(float turns)
    {
        var (sin, cos) = MathF.SinCos(2 * MathF.PI * turns);
        var (others, turn) = ((1 - cos) / 3, sin / MathF.Sqrt(3));           // Rodrigues' formula for the axis (1, 1, 1)
        return new(
            new(cos + others, others - turn, others + turn, 0),
            new(others + turn, cos + others, others - turn, 0),
            new(others - turn, others + turn, cos + others, 0));
    }

    /// <summary>The change that does another first, then this.</summary>
    /// <param name="first">The change that is done first.</param>
    public ColorChange After(ColorChange first)
    {
        return new(Row(Red), Row(Green), Row(Blue));

        Vector4 Row(Vector4 weights) => weights.X * first.Red + weights.Y * first.Green + weights.Z * first.Blue + weights.W * Vector4.UnitW;
    }

    /// <summary>Changes a colour.</summary>
    /// <param name="color">Its red, green and blue, 0 to 1 each.</param>
    /// <returns>The new one, clipped to 0 to 1.</returns>
    public Vector3 Apply(Vector3 color)
    {
        var values = new Vector4(color, 1);
        return Vector3.Clamp(new(Vector4.Dot(Red, values), Vector4.Dot(Green, values), Vector4.Dot(Blue, values)), Vector3.Zero, Vector3.One);
    }
}
