namespace Tlb.Core;

/// <summary>What is done to one image on its way into the network: where its pixels are taken from, how its colours change, what covers it.</summary>
/// <remarks>
/// Drawn by the loop from counted random numbers and carried out by the engine, for each image on its own: in this order sampling,
/// colours, erasing, mixing with the partner's image as it is before it is mixed itself. Coordinates of pixel (x, y) are those of its
/// centre, (x + 0.5, y + 0.5). <see cref="AugmentedImage"/> is the plain form of it.
/// </remarks>
internal readonly record struct ImageAugmentation
{
    /// <summary>Where the network's pixel is taken from, in pixels of the image.</summary>
    public required Affine Sampling { get; init; }

    /// <summary>
    /// Whether the image is continued beyond its edges by its mirror image, edge pixels included (numpy: <c>symmetric</c>), or else by its
    /// edge pixels.
    /// </summary>
    public bool ReflectEdges { get; init; }

    /// <summary>
    /// How the colours change, on values of 0 to 1. The result is clipped to that range, except for <see cref="ColorChange.None"/>, which
    /// leaves values of any range as they are.
    /// </summary>
    public required ColorChange Color { get; init; }

    /// <summary>The part of the network's image that is erased (becomes <see cref="EraseColor"/>), in its pixels. Empty for none.</summary>
    public PixelBox Erased { get; init; }

    /// <summary>The value that erased pixels get in all three colours, 0 to 1.</summary>
    public float EraseColor { get; init; }

    /// <summary>The place in the batch of the image that is mixed in; its own place for none.</summary>
    public int Partner { get; init; }

    /// <summary>This image's share of the label, 0 to 1; the partner has the rest. 1 for no partner.</summary>
    public required float Share { get; init; }

    /// <summary>CutMix: the part that is taken from the partner, in pixels of the network's image. Empty for mixup, which blends all pixels by <see cref="Share"/>.</summary>
    public PixelBox FromPartner { get; init; }

    /// <summary>The augmentation that does nothing but resize.</summary>
    /// <param name="layout">The images' size.</param>
    /// <param name="size">The network's image size.</param>
    /// <param name="index">The image's place in the batch.</param>
    public static ImageAugmentation None(ImageLayout layout, int size, int index)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new() { Sampling = Affine.Scaling((float)layout.Width / size, (float)layout.Height / size), Color = ColorChange.None, Partner = index, Share = 1 };
    }
}
