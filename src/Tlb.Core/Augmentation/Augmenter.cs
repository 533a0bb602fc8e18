namespace Tlb.Core;

/// <summary>Draws the augmentations of training images.</summary>
/// <remarks>
/// Random numbers are counted, not taken from a stream: those of an image depend only on the seed, the epoch and the image's position in
/// the epoch's order, so that a run that is resumed in the middle draws the same. Can be used from several threads at once.
/// </remarks>
internal sealed class Augmenter
{
    private readonly AugmentationOptions _options;
    private readonly int _size;
    private readonly int _seed;

    /// <summary>Makes an augmenter.</summary>
    /// <param name="options">What is done; the augmenter keeps a copy. If all is off, batches stay as they are.</param>
    /// <param name="imageSize">The network's image size (<see cref="TlbConfig.ImageSize"/>), 1 or more.</param>
    /// <param name="seed">The seed of all random numbers.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public Augmenter(AugmentationOptions options, int imageSize, int seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        InvalidOptions.ThrowIfAny(nameof(AugmentationOptions), options.Validate());
        _options = options with
        {
            RandomResizedCrop = options.RandomResizedCrop is { } crop ? crop with { } : null,
            ColorJitter = options.ColorJitter is { } jitter ? jitter with { } : null,
            RandAugment = options.RandAugment is { } rand ? rand with { } : null,
            RandomErasing = options.RandomErasing is { } erasing ? erasing with { } : null,
        };
        (_size, _seed) = (imageSize, seed);
    }

    /// <summary>Has the images of a batch augmented.</summary>
    /// <param name="batch">The batch, filled.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="firstPosition">The position of the batch's first image in the epoch's order, from 0.</param>
    public void Augment(ImageBatch batch, int epoch, long firstPosition)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstPosition);
        if (!_options.IsActive || batch.Count == 0)
            return;
        var partnerDistance = PartnerDistance(epoch, firstPosition, batch.Count);
        var augmentations = batch.Augment();
        for (var i = 0; i < augmentations.Length; i++)
        {
            var random = new CountedRandom(_seed, epoch, firstPosition + i);
            var drawn = DrawAlone(ref random, batch.Layout) with { Partner = i };
            augmentations[i] = partnerDistance == 0 ? drawn : DrawMix(ref random, drawn, (i + partnerDistance) % batch.Count);
        }
    }

    /// <summary>How far after an image of a batch, around its end, the image is that is mixed into it; 0 where none is.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="firstPosition">The position of the batch's first image in the epoch's order, from 0.</param>
    /// <param name="count">The images of the batch.</param>
    public int PartnerDistance(int epoch, long firstPosition, int count)
    {
        var ofBatch = new CountedRandom(_seed, epoch, ~firstPosition);       // no image's
        return _options.Mixes && count > 1 ? 1 + ofBatch.Below(count - 1) : 0;
    }

    private ImageAugmentation DrawAlone(ref CountedRandom random, ImageLayout layout)
    {
        var sampling = DrawCrop(ref random, layout);
        if (random.Chance(_options.HorizontalFlip))
            sampling = sampling.After(new(-1, 0, _size, 0, 1, 0));
        if (random.Chance(_options.VerticalFlip))
            sampling = sampling.After(new(1, 0, 0, 0, -1, _size));
        var color = ColorChange.None;
        _options.RandAugment?.Draw(ref random, _size, ref sampling, ref color);
        if (_options.ColorJitter is { } jitter)
            color = jitter.Draw(ref random).After(color);
        return new()
        {
            Sampling = sampling,
            ReflectEdges = _options.Shifts || _options.RandAugment is not null,
            Color = color,
            Erased = _options.RandomErasing?.Draw(ref random, _size) ?? default,
            EraseColor = _options.RandomErasing?.Fill ?? 0,
            Share = 1,
        };
    }

    private Affine DrawCrop(ref CountedRandom random, ImageLayout layout)
    {
        if (_options.RandomResizedCrop is { } crop)
        {
            var (width, height, left, top) = crop.Draw(ref random, layout);
            return new(width / _size, 0, left, 0, height / _size, top);
        }
        if (_options.RandomCrop is > 0 and var margin)
        {
            float resized = _size + margin;
            return Affine.Scaling(layout.Width / resized, layout.Height / resized).After(Affine.Translation(random.Below(margin + 1), random.Below(margin + 1)));
        }
        var whole = Affine.Scaling((float)layout.Width / _size, (float)layout.Height / _size);
        if (!_options.Shifts)
            return whole;
        var (right, down) = (_options.ShiftOf(layout.Width), _options.ShiftOf(layout.Height));
        return Affine.Translation(random.Below(2 * right + 1) - right, random.Below(2 * down + 1) - down).After(whole);
    }

    private ImageAugmentation DrawMix(ref CountedRandom random, ImageAugmentation alone, int partner)
    {
        var isCutMix = _options.CutMix > 0 && (_options.Mixup == 0 || random.Chance(_options.CutMixProbability));
        var share = random.Beta(isCutMix ? _options.CutMix : _options.Mixup);
        if (!isCutMix)
            return alone with { Partner = partner, Share = (float)share };

        // As in the paper: around a point anywhere in the image, cut off at its edges.
        var side = (int)(_size * Math.Sqrt(1 - share));
        var (left, top) = (random.Below(_size) - side / 2, random.Below(_size) - side / 2);
        var box = new PixelBox(Math.Max(0, left), Math.Max(0, top), Math.Min(_size, left + side), Math.Min(_size, top + side));
        var area = box.IsEmpty ? 0 : (box.Right - box.Left) * (box.Bottom - box.Top);
        return alone with { Partner = partner, FromPartner = box, Share = 1 - (float)area / (_size * _size) };
    }
}
