namespace Tlb.Core;

/// <summary>How images lie in memory, and what their values mean to the network.</summary>
/// <remarks>
/// An image is <see cref="Height"/> rows of <see cref="Width"/> pixels of red, green and blue, one after the other.
/// The network reads (value - <see cref="Offset"/>) x <see cref="Scale"/>, resized to its own input size.
/// </remarks>
public sealed record ImageLayout
{
    /// <summary>The height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Whether a value is a byte (0 to 255) or a 32-bit float. Default: bytes.</summary>
    public PixelType PixelType { get; init; }

    /// <summary>What is taken off a value before it is scaled. Default 0.</summary>
    public float Offset { get; init; }

    /// <summary>What a value is multiplied with. Default 1/255, which brings bytes to the range 0 to 1 as Keras's <c>Rescaling</c> does.</summary>
    public float Scale { get; init; } = 1f / byte.MaxValue;

    /// <summary>The colour that shows through where a picture is transparent; black in models that were saved without it. Default black.</summary>
    public RgbColor Background { get; init; }

    /// <summary>Whether 16 such images, side by side in the widest registers, have no more values than 32 bits count: some 15 million pixels each.</summary>
    internal bool IsPossible => Height >= 1 && Width >= 1 && (long)Height * Width <= int.MaxValue / (16 * TlbConfig.Channels);

    /// <summary>The values of one image: <see cref="Height"/> x <see cref="Width"/> x 3.</summary>
    public int ValueCount => checked(Height * Width * TlbConfig.Channels);

    /// <summary>The bytes of one image.</summary>
    public int ByteCount => checked(ValueCount * (PixelType == PixelType.Byte ? sizeof(byte) : sizeof(float)));
}
