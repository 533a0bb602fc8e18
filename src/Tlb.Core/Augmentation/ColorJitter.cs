namespace Tlb.Core;

/// <summary>Random brightness, contrast, saturation and hue, in this order (torchvision: <c>ColorJitter</c>, where the order is random).</summary>
/// <remarks>
/// All four are linear, so that they are one change of colours: contrast is about mid-grey (0.5) instead of the image's mean, and hue
/// turns colours around the axis of the greys instead of around the HSV cone, where bright colours lose less of their luma.
/// </remarks>
public sealed record ColorJitter : ICheckedOptions
{
    /// <summary>The factor of the brightness is drawn from 1 - this (at least 0) to 1 + this. 0 or more; 0 is off. Default 0.4.</summary>
    public float Brightness { get; set; } = 0.4f;

    /// <summary>The factor of the distance to mid-grey is drawn from 1 - this (at least 0) to 1 + this. 0 or more; 0 is off. Default 0.4.</summary>
    public float Contrast { get; set; } = 0.4f;

    /// <summary>The factor of the distance to the grey of the same luma is drawn from 1 - this (at least 0) to 1 + this. 0 or more; 0 is off. Default 0.4.</summary>
    public float Saturation { get; set; } = 0.4f;

    /// <summary>The hue is turned by a random angle from minus this to this, in turns: 0 to 0.5; 0 is off. Default 0.</summary>
    public float Hue { get; set; }

    void ICheckedOptions.Check(OptionsCheck check)
    {
        check.AtLeast(Brightness, 0);
        check.AtLeast(Contrast, 0);
        check.AtLeast(Saturation, 0);
        check.Between(Hue, 0, 0.5f);
    }

    internal ColorChange Draw(ref CountedRandom random)
    {
        var brightness = ColorChange.Brightness(Factor(ref random, Brightness));
        var contrast = ColorChange.Contrast(Factor(ref random, Contrast));
        var saturation = ColorChange.Saturation(Factor(ref random, Saturation));
        var hue = ColorChange.Hue(random.Between(-Hue, Hue));
        return hue.After(saturation).After(contrast).After(brightness);
    }

    private static float Factor(ref CountedRandom random, float strength) => random.Between(Math.Max(0, 1 - strength), 1 + strength);
}
