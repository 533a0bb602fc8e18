namespace Tlb.Core;

/// <summary>
/// A part of random area and aspect is cut out of an image, anywhere in it, and resized to the network's size (torchvision:
/// <c>RandomResizedCrop</c>; here its edges need not lie between pixels).
/// </summary>
public sealed record RandomResizedCrop : ICheckedOptions
{
    private const int Tries = 10;

    /// <summary>The smallest share of the image's area, above 0. Default 0.08.</summary>
    public float MinimumArea { get; set; } = 0.08f;

    /// <summary>The largest share of the image's area, at most 1; the share is drawn evenly. Default 1.</summary>
    public float MaximumArea { get; set; } = 1;

    /// <summary>The smallest ratio of width to height, above 0. Default 3/4.</summary>
    public float MinimumAspect { get; set; } = 3f / 4;

    /// <summary>The largest ratio of width to height; the ratio's logarithm is drawn evenly. Default 4/3.</summary>
    public float MaximumAspect { get; set; } = 4f / 3;

    void ICheckedOptions.Check(OptionsCheck check)
    {
        check.ShareRange(MinimumArea, MaximumArea);
        check.PositiveRange(MinimumAspect, MaximumAspect);
    }

    /// <summary>The part to take: its size and its place, in pixels of the image.</summary>
    internal (float Width, float Height, float Left, float Top) Draw(ref CountedRandom random, ImageLayout layout)
    {
        var (width, height) = ((double)layout.Width, (double)layout.Height);
        for (var i = 0; i < Tries; i++)
        {
            var area = width * height * random.Between(MinimumArea, MaximumArea);
            var aspect = random.BetweenLogarithms(MinimumAspect, MaximumAspect);
            var (w, h) = (Math.Sqrt(area * aspect), Math.Sqrt(area / aspect));
            if (w <= width && h <= height)
                return ((float)w, (float)h, (float)((width - w) * random.NextDouble()), (float)((height - h) * random.NextDouble()));
        }
        // A narrow image that no such part fits in: the largest part of an allowed aspect, from the middle.
        var (widest, highest) = (Math.Min(width, height * MaximumAspect), Math.Min(height, width / MinimumAspect));
        return ((float)widest, (float)highest, (float)((width - widest) / 2), (float)((height - highest) / 2));
    }
}
