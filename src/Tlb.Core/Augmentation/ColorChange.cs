namespace Tlb.Core;

/// <summary>A linear change of colours: each of red, green and blue becomes a weighted sum of all three, and a constant.</summary>
/// <param name="Red">The weights of red, green, blue and 1 in the new red.</param>
/// <param name="Green">The weights of red, green, blue and 1 in the new green.</param>
/// <param name="Blue">The weights of red, green, blue and 1 in the new blue.</param>
public readonly record struct ColorChange(System.Numerics.Vector4 Red, System.Numerics.Vector4 Green, System.Numerics.Vector4 Blue)
{
    /// <summary>The change that leaves colours as they are.</summary>
    public static ColorChange None { get; } = new(System.Numerics.Vector4.UnitX, System.Numerics.Vector4.UnitY, System.Numerics.Vector4.UnitZ);
}
