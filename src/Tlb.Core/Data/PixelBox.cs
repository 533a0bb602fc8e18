namespace Tlb.Core;

/// <summary>A rectangle of pixels.</summary>
/// <param name="Left">The first column in it.</param>
/// <param name="Top">The first row in it.</param>
/// <param name="Right">The first column after it.</param>
/// <param name="Bottom">The first row after it.</param>
internal readonly record struct PixelBox(int Left, int Top, int Right, int Bottom)
{
    /// <summary>Whether there is no pixel in it.</summary>
    public bool IsEmpty => Right <= Left || Bottom <= Top;

    /// <summary>Whether a pixel is in it.</summary>
    /// <param name="x">The pixel's column.</param>
    /// <param name="y">The pixel's row.</param>
    public bool Contains(int x, int y) => x >= Left && x < Right && y >= Top && y < Bottom;
}
