namespace Tlb.ML;

/// <summary>Labelled images that are not held in memory: they are decoded anew each time they are gone through, on all cores.</summary>
/// <param name="images">What the first reading found.</param>
/// <param name="indexes">The images that belong to this source, in rising order: their places among all images.</param>
internal abstract class StreamedImages(StreamedImages.Properties images, int[] indexes) : IImageSource
{
    private LabelledImage[]? _decoded;

    /// <summary>What is known of all images after the data were read once.</summary>
    /// <param name="Data">The data.</param>
    /// <param name="Layout">The layout of every image.</param>
    /// <param name="Labels">The class of each image.</param>
    /// <param name="Weights">The weight of each image.</param>
    /// <param name="Cancellation">Stops reading.</param>
    internal sealed record Properties(TrainingData Data, ImageLayout Layout, int[] Labels, float[] Weights, CancellationToken Cancellation);

    public ImageLayout Layout => Images.Layout;

    public int Count => Indexes.Length;

    public IReadOnlyList<int> Labels { get; } = Array.ConvertAll(indexes, index => images.Labels[index]);

    public IReadOnlyList<float> Weights { get; } = Array.ConvertAll(indexes, index => images.Weights[index]);

    /// <summary>As for <see cref="IImageSource.ShuffleBufferSize"/>.</summary>
    public virtual int ShuffleBufferSize => Count;

    /// <summary>The bytes of the shuffle buffer.</summary>
    public virtual long BufferBytes => 0;

    protected Properties Images { get; } = images;

    protected int[] Indexes { get; } = indexes;

    /// <summary>Some of the images.</summary>
    /// <param name="indexes">Their places in this source, in rising order.</param>
    public abstract StreamedImages Subset(int[] indexes);

    public abstract IImageReader Read(int? shuffleSeed);

    /// <summary>The memory for images that are decoded at a time. One reader has it at a time, whoever comes later gets new memory.</summary>
    protected LabelledImage[] TakeDecoded() => Interlocked.Exchange(ref _decoded, null)
        ?? [.. Enumerable.Range(0, TrainingData.RowsAtATime(Layout)).Select(_ => new LabelledImage())];

    /// <summary>Gives the memory to the next reader.</summary>
    protected void Return(LabelledImage[] decoded) => _decoded = decoded;

    /// <summary>The pixels of an image that was decoded again.</summary>
    /// <param name="image">The image.</param>
    /// <param name="index">Its place among all images.</param>
    /// <exception cref="InvalidDataException">It can no longer be read, or is another one.</exception>
    protected ReadOnlySpan<byte> PixelsOf(LabelledImage image, int index)
    {
        if (image.Label < 0)
            throw new InvalidDataException($"{image.Where}: the row had a label when the data were first read, and has none now. The data must stay as they are until the training ends.");
        if (image.Error is { } error)
            throw new InvalidDataException($"{image.Where}: the image could be read before, and can't be read now: {error.Message} The data must stay as they are until the training ends.", error);
        if (image.Height != Layout.Height || image.Width != Layout.Width || image.Label != Images.Labels[index] || (Layout.PixelType == PixelType.Byte && !image.FitsBytes))
            throw new InvalidDataException($"{image.Where}: the image or its label is not what it was when the data were first read. The data must stay as they are until the training ends.");
        return image.Pixels(Layout.PixelType);
    }
}
