namespace Tlb.Core;

/// <summary>A random rectangle of the network's image becomes grey (Zhong et al., 2020; torchvision, Keras: <c>RandomErasing</c>).</summary>
public sealed record RandomErasing : ICheckedOptions
{
    private const int Tries = 10;

    /// <summary>The probability of an image to lose a rectangle, 0 to 1. Default 0.5.</summary>
    public float Probability { get; set; } = 0.5f;

    /// <summary>The smallest share of the image's area, above 0. Default 0.02.</summary>
    public float MinimumArea { get; set; } = 0.02f;

    /// <summary>The largest share of the image's area, at most 1; the share is drawn evenly. Default 0.33.</summary>
    public float MaximumArea { get; set; } = 0.33f;

    /// <summary>The smallest ratio of height to width, above 0. Default 0.3.</summary>
    public float MinimumAspect { get; set; } = 0.3f;

    /// <summary>The largest ratio of height to width; the ratio's logarithm is drawn evenly. Default 3.3.</summary>
    public float MaximumAspect { get; set; } = 3.3f;

    /// <summary>The grey of the rectangle: 0 is black, 1 is white. Default 0.5.</summary>
    public float Fill { get; set; } = 0.5f;

    void ICheckedOptions.Check(OptionsCheck check)
    {
        check.Share(Probability);
        check.ShareRange(MinimumArea, MaximumArea);
        check.PositiveRange(MinimumAspect, MaximumAspect);
        check.Share(Fill);
    }

    /// <summary>What to erase of an image of a height and width; empty if the probability has it so, or no rectangle was found that fits.</summary>
    internal PixelBox Draw(ref CountedRandom random, int size)
    {
        if (!random.Chance(Probability))
            return default;
        for (var i = 0; i < Tries; i++)
        {
            var area = (double)size * size * random.Between(MinimumArea, MaximumArea);
            var aspect = random.BetweenLogarithms(MinimumAspect, MaximumAspect);
            var (height, width) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
            if (height > size || width > size)
                continue;
            var (left, top) = (random.Below(size - width + 1), random.Below(size - height + 1));
            return new(left, top, left + width, top + height);
        }
        return default;
    }
}
