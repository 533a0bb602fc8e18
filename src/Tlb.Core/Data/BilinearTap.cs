namespace Tlb.Core;

/// <summary>Where a place of a resized row or column lies in the original: between two neighbours (bilinear).</summary>
/// <param name="First">The neighbour before it.</param>
/// <param name="Second">The neighbour after it; at an edge the same as <paramref name="First"/>.</param>
/// <param name="Share">The share of <paramref name="Second"/> in the value, 0 to below 1; the rest is the share of <paramref name="First"/>.</param>
internal readonly record struct BilinearTap(int First, int Second, float Share)
{
    /// <summary>The places of a row or column of another length: half-pixel centres, edges repeated, as Keras and torch resize.</summary>
    /// <param name="from">The length of the original, 1 or more.</param>
    /// <param name="to">The length of the result, 1 or more.</param>
    public static BilinearTap[] Resize(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, 1);
        var taps = new BilinearTap[to];
        var scale = (float)from / to;                                        // as Keras: the scale is rounded to a float, places are not
        for (var i = 0; i < to; i++)
        {
            var at = Math.Max(0, (i + 0.5) * scale - 0.5);
            var first = Math.Min((int)at, from - 1);
            taps[i] = new(first, Math.Min(first + 1, from - 1), (float)(at - first));
        }
        return taps;
    }
}
