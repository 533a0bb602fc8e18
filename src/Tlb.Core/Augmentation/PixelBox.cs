namespace Tlb.Core;

/// <summary>A rectangle of pixels.</summary>
/// <param name="Left">The first column in it.</param>
/// <param name="Top">The first row in it.</param>
/// <param name="Right">The first column after it.</param>
/// <param name="Bottom">The first row after it.</param>
public readonly record struct PixelBox(int Left, int Top, int Right, int Bottom)
{
    /// <summary>Whether there is no pixel in it.</summary>
    public bool IsEmpty => Right <= Left || Bottom <= Top;
}
