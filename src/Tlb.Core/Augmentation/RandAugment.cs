namespace Tlb.Core;

/// <summary>A few operations on each image, drawn from a list, all of one strength (Cubuk et al., 2020; torchvision: <c>RandAugment</c>).</summary>
/// <remarks>
/// The list: identity, rotate, shear x, shear y, translate x, translate y, brightness, contrast, saturation (the paper's Color), each
/// equally probable, in a random direction. Of the paper's fourteen these are left out: auto-contrast and equalize (they need the
/// image's histogram), posterize and solarize (not linear) and sharpness (it needs a pixel's neighbours): everything here is one map of
/// the plane and one linear change of colours, which any engine does in one go. Contrast is about mid-grey; what comes in from beyond
/// the edges is the mirror image, not black.
/// </remarks>
public sealed record RandAugment : ICheckedOptions
{
    private const float Largest = 10;
    private const int MostOperations = 100;

    /// <summary>The operations on each image, 0 to 100 (the paper's N). Default 2.</summary>
    public int Operations { get; set; } = 2;

    /// <summary>
    /// Their strength, 0 to 10 (the paper's M). At 10: 30 degrees, a shear by 0.3, a shift by 0.45 of the network's image, a factor of
    /// 0.1 or 1.9; below in proportion. Default 9.
    /// </summary>
    public float Magnitude { get; set; } = 9;

    void ICheckedOptions.Check(OptionsCheck check)
    {
        check.Between(Operations, 0, MostOperations);
        check.Between(Magnitude, 0, Largest);
    }

    /// <summary>Draws the operations of an image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="size">The network's image size.</param>
    /// <param name="sampling">Where pixels are taken from: the operations are done after it.</param>
    /// <param name="color">How colours change: the operations are done after it.</param>
    internal void Draw(ref CountedRandom random, int size, ref Affine sampling, ref ColorChange color)
    {
        var middle = size / 2f;
        for (var i = 0; i < Operations; i++)
        {
            var operation = random.Below(9);
            var strength = Magnitude / Largest * (random.Chance(0.5f) ? 1 : -1);
            // Sampling goes from the result back to the image: the last operation comes first in it.
            sampling = sampling.After(operation switch
            {
                1 => Affine.Rotation(30 * strength).Around(middle, middle),
                2 => new Affine(1, 0.3f * strength, 0, 0, 1, 0).Around(middle, middle),
                3 => new Affine(1, 0, 0, 0.3f * strength, 1, 0).Around(middle, middle),
                4 => Affine.Translation(0.45f * strength * size, 0),
                5 => Affine.Translation(0, 0.45f * strength * size),
                _ => Affine.Scaling(1, 1),
            });
            var factor = 1 + 0.9f * strength;
            color = operation switch
            {
                6 => ColorChange.Brightness(factor).After(color),
                7 => ColorChange.Contrast(factor).After(color),
                8 => ColorChange.Saturation(factor).After(color),
                _ => color,
            };
        }
    }
}
