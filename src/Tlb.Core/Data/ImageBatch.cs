namespace Tlb.Core;

/// <summary>A few images side by side, as a network reads them. Made once and filled again and again.</summary>
internal sealed class ImageBatch
{
    private readonly byte[] _pixels;
    private readonly int[] _labels;
    private readonly float[] _weights;
    private ImageAugmentation[]? _augmentations;
    private (int First, int Count, int PartnerDistance, int Of)? _wanted;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="layout">The layout of its images.</param>
    /// <param name="capacity">The most images it can hold; 1 or more.</param>
    /// <exception cref="ArgumentException">Such images can't be computed, or not so many at once.</exception>
    public ImageBatch(ImageLayout layout, int capacity)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!layout.IsPossible)
            throw new ArgumentException($"Images of {layout.Width} x {layout.Height} pixels are too large or none; expected 1 pixel to some 15 million.", nameof(layout));
        if ((long)capacity * layout.ByteCount > Array.MaxLength)
            throw new ArgumentException(
                FormattableString.Invariant($"A batch of {capacity} images of {layout.Width} x {layout.Height} pixels takes {(long)capacity * layout.ByteCount:N0} bytes; expected at most {Array.MaxLength:N0}: smaller batches or smaller images."),
                nameof(capacity));
        Layout = layout;
        _pixels = GC.AllocateUninitializedArray<byte>(capacity * layout.ByteCount);
        _labels = new int[capacity];
        _weights = new float[capacity];
    }

    /// <summary>The layout of the images.</summary>
    public ImageLayout Layout { get; }

    /// <summary>The most images the batch can hold.</summary>
    public int Capacity => _labels.Length;

    /// <summary>The images it holds now.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of its images, one after the other: [Count, Height, Width, 3] of the layout's pixel type.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels.AsSpan(0, Count * Layout.ByteCount);

    /// <summary>The class of each image.</summary>
    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

    /// <summary>The weight of each image in the loss.</summary>
    public Span<float> Weights => _weights.AsSpan(0, Count);

    /// <summary>What is done to each image on its way into the network in training; empty for nothing but resizing.</summary>
    public ReadOnlySpan<ImageAugmentation> Augmentations => IsAugmented ? _augmentations.AsSpan(0, Count) : [];

    /// <summary>Whether the images are augmented.</summary>
    public bool IsAugmented { get; private set; }

    /// <summary>Says whose pixels are wanted from the next filling on: those of a share of the images, and of their partners. Until then, all are.</summary>
    /// <param name="share">The share.</param>
    /// <param name="partnerDistance">How far after an image its partner is, around the end; 0 for none.</param>
    /// <param name="count">The images of the whole batch.</param>
    public void Want(Range share, int partnerDistance, int count)
    {
        var (first, length) = share.GetOffsetAndLength(count);
        _wanted = (first, length, partnerDistance, count);
    }

    /// <summary>Whether the pixels of an image are wanted; of others they may be anything.</summary>
    /// <param name="index">The image's place in the batch.</param>
    public bool IsWanted(int index)
    {
        if (_wanted is not var (first, length, distance, count))
            return true;
        return IsInShare(index) || IsInShare((index - distance + count) % count);

        bool IsInShare(int place) => place >= first && place < first + length;
    }

    /// <summary>Empties the batch. Its images are not augmented unless <see cref="Augment"/> says so again.</summary>
    public void Clear() => (Count, IsAugmented) = (0, false);

    /// <summary>Has the images augmented.</summary>
    /// <returns>The place for the augmentation of each image, [Count]. All must be written.</returns>
    public Span<ImageAugmentation> Augment()
    {
        IsAugmented = true;
        return (_augmentations ??= new ImageAugmentation[Capacity]).AsSpan(0, Count);
    }

    /// <summary>Adds an image.</summary>
    /// <param name="label">Its class, from 0; anything where the batch is only scored.</param>
    /// <param name="weight">Its weight in the loss. Default 1.</param>
    /// <returns>The place for its bytes. All of them must be written.</returns>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public Span<byte> Add(int label = 0, float weight = 1)
    {
        if (Count == Capacity)
            throw new InvalidOperationException($"The batch already holds {Capacity} images.");
        _labels[Count] = label;
        _weights[Count] = weight;
        return _pixels.AsSpan(Count++ * Layout.ByteCount, Layout.ByteCount);
    }

    /// <summary>Makes room for a number of images, to be written in any order with <see cref="Image"/>.</summary>
    /// <param name="count">The images, at most <see cref="Capacity"/>.</param>
    public void Resize(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        (Count, IsAugmented) = (count, false);
    }

    /// <summary>The place for the bytes of an image.</summary>
    /// <param name="index">The image's place in the batch.</param>
    public Span<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _pixels.AsSpan(index * Layout.ByteCount, Layout.ByteCount);
    }

    /// <summary>Fills another batch with the mirror images, left for right, of the images as they are.</summary>
    /// <param name="other">A batch of the same layout, with room for as many.</param>
    public void MirrorTo(ImageBatch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        other.Resize(Count);
        var pixel = Layout.ByteCount / (Layout.Height * Layout.Width);
        var pixels = Pixels;                                                 // [Count, Height, Width, 3]
        var row = Layout.Width * pixel;
        for (var from = 0; from < pixels.Length; from += row)
            for (var x = 0; x < row; x += pixel)
                pixels.Slice(from + x, pixel).CopyTo(other._pixels.AsSpan(from + row - pixel - x, pixel));
    }

    /// <summary>The target probabilities of an image in the loss: its class, that of the image mixed into it, and what is spread over all classes.</summary>
    /// <param name="index">The image's place in the batch.</param>
    /// <param name="smoothing">The share that is spread evenly over all classes.</param>
    /// <param name="target">Receives the probability of each class, [classes]; they add up to 1.</param>
    public void CopyTargetTo(int index, float smoothing, Span<float> target)
    {
        target.Fill(smoothing / target.Length);
        var (partner, share) = IsAugmented ? (Augmentations[index].Partner, Augmentations[index].Share) : (index, 1f);
        target[Labels[index]] += (1 - smoothing) * share;
        target[Labels[partner]] += (1 - smoothing) * (1 - share);
    }

    /// <summary>Fills the batch with images of a set.</summary>
    /// <param name="images">The set.</param>
    /// <param name="indexes">The places of the images to take, in order.</param>
    public void Fill(ImageSet images, ReadOnlySpan<int> indexes)
    {
        ArgumentNullException.ThrowIfNull(images);
        Clear();
        foreach (var index in indexes)
        {
            var isWanted = IsWanted(Count);
            var place = Add(images.Labels[index], images.Weights[index]);
            if (isWanted)
                images[index].CopyTo(place);
        }
    }
}
