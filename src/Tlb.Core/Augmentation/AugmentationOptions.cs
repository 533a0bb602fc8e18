namespace Tlb.Core;

/// <summary>How training images are changed at random, each on its own and anew in each epoch. All is off by default.</summary>
/// <remarks>
/// <para>
/// What is on is done in this order: crop, flips, <see cref="RandAugment"/>, <see cref="ColorJitter"/>, <see cref="RandomErasing"/>,
/// <see cref="Mixup"/> or <see cref="CutMix"/>. Everything that moves pixels becomes one map, so that pixels are interpolated once
/// (bilinear, without antialiasing, as images are resized without augmentation); everything that changes colours becomes one linear
/// change, whose result is clipped once, to 0 to 1. Beyond its edges an image goes on as its mirror image.
/// </para>
/// <para>
/// Colours and what is erased are meant for values of 0 to 1, which images decoded from files have. Float inputs that the network is
/// fed as they are, in another range, are clipped to 0 to 1 where a colour change is on: leave <see cref="ColorJitter"/> and
/// <see cref="RandAugment"/> off for them. The rest works with any range.
/// </para>
/// <para>Images are augmented in training only; never for validation or scoring.</para>
/// </remarks>
public sealed record AugmentationOptions : ICheckedOptions
{
    private const int MostPixels = 1024;

    /// <summary>What the Keras example "When Recurrence meets Transformers" does: resized 4 pixels larger, cropped, flipped.</summary>
    public static AugmentationOptions KerasExample => new() { RandomCrop = 4, HorizontalFlip = 0.5f };

    /// <summary>A little, for images of things that have no left and right (the usual for CIFAR-10): shifted by up to an eighth of their size, flipped.</summary>
    public static AugmentationOptions Light => new() { PadCrop = null, HorizontalFlip = 0.5f };

    /// <summary>
    /// The image is resized to the network's size plus this margin, and a part of the network's size is cut out at random (Keras:
    /// <c>Resizing</c>, then <c>RandomCrop</c>). In pixels of the network's image, 0 to 1024; 0 is off. Default 0. At most one of
    /// RandomCrop, <see cref="PadCrop"/> and <see cref="RandomResizedCrop"/> can be on.
    /// </summary>
    public int RandomCrop { get; set; }

    /// <summary>
    /// The image is continued by this many pixels at each edge (mirrored), and a part of its own size is cut out at random
    /// (torchvision: <c>RandomCrop(size, padding, padding_mode="symmetric")</c>): it is shifted by up to so many pixels. In pixels of the
    /// image before it is resized, 0 to 1024; 0 is off; null is an eighth of the image's width and height. Default 0.
    /// </summary>
    public int? PadCrop { get; set; } = 0;

    /// <summary>A part of random area and aspect is cut out and resized to the network's size. Default null: off.</summary>
    public RandomResizedCrop? RandomResizedCrop { get; set; }

    /// <summary>The probability that left and right are swapped, 0 to 1. Not for letters and other things with a left and a right. Default 0.</summary>
    public float HorizontalFlip { get; set; }

    /// <summary>The probability that top and bottom are swapped, 0 to 1. For images without an up, such as a microscope's. Default 0.</summary>
    public float VerticalFlip { get; set; }

    /// <summary>Random brightness, contrast, saturation and hue. Default null: off.</summary>
    public ColorJitter? ColorJitter { get; set; }

    /// <summary>A few random operations of one strength on each image. Default null: off.</summary>
    public RandAugment? RandAugment { get; set; }

    /// <summary>A random rectangle becomes grey. Default null: off.</summary>
    public RandomErasing? RandomErasing { get; set; }

    /// <summary>
    /// Each image and its label are blended with another of the batch; the image's share is drawn from Beta(Mixup, Mixup) (Zhang et al.,
    /// 2018). 0 or more: the higher, the more even the shares; 0.2 to 1 is usual; 0 is off. Default 0. Mixing needs long training, and
    /// batches of 2 or more. The accuracy of training images counts the larger share's class as the right one.
    /// </summary>
    public float Mixup { get; set; }

    /// <summary>
    /// A rectangle of each image is replaced by that of another of the batch, and its share of the label; the area that stays is drawn
    /// from Beta(CutMix, CutMix) (Yun et al., 2019). 0 or more; 1 is usual; 0 is off. Default 0.
    /// </summary>
    public float CutMix { get; set; }

    /// <summary>
    /// Where both <see cref="Mixup"/> and <see cref="CutMix"/> are on: the probability of an image to get CutMix, else it gets mixup
    /// (timm: <c>mixup_switch_prob</c>, there drawn for a whole batch). 0 to 1. Default 0.5.
    /// </summary>
    public float CutMixProbability { get; set; } = 0.5f;

    /// <summary>Whether anything is on.</summary>
    internal bool IsActive =>
        RandomCrop > 0 || Shifts || RandomResizedCrop is not null || HorizontalFlip > 0 || VerticalFlip > 0 ||
        ColorJitter is not null || RandAugment is not null || RandomErasing is not null || Mixes;

    /// <summary>Whether <see cref="PadCrop"/> is on.</summary>
    internal bool Shifts => PadCrop != 0;

    /// <summary>The largest shift of an image that is so many pixels wide, or high.</summary>
    internal int ShiftOf(int pixels) => PadCrop ?? (pixels + 4) / 8;         // rounded

    /// <summary>Whether images are mixed with others.</summary>
    internal bool Mixes => Mixup > 0 || CutMix > 0;

    /// <summary>Checks all values at once.</summary>
    /// <returns>What is wrong, a sentence each.</returns>
    public IReadOnlyList<string> Validate() => OptionsCheck.Run(this);

    void ICheckedOptions.Check(OptionsCheck check)
    {
        check.Between(RandomCrop, 0, MostPixels);
        check.Between(PadCrop ?? 0, 0, MostPixels, nameof(PadCrop));
        check.Share(HorizontalFlip);
        check.Share(VerticalFlip);
        check.AtLeast(Mixup, 0);
        check.AtLeast(CutMix, 0);
        check.Share(CutMixProbability);
        check.OptionalPart(RandomResizedCrop);
        check.OptionalPart(ColorJitter);
        check.OptionalPart(RandAugment);
        check.OptionalPart(RandomErasing);
        (string Name, bool IsOn)[] crops = [(nameof(RandomCrop), RandomCrop > 0), (nameof(PadCrop), Shifts), (nameof(RandomResizedCrop), RandomResizedCrop is not null)];
        var on = crops.Where(crop => crop.IsOn).Select(crop => crop.Name).ToList();
        if (on.Count > 1)
            check.Add(string.Join(" and ", on), "are on; expected one crop at most (0 is off, or null where a crop has options of its own).");
    }
}
