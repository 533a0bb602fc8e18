namespace Tlb.Core;

/// <summary>Some images of a set. They stay in the set's memory.</summary>
internal sealed class ImageSubset : IImageSource
{
    private readonly ImageSet _images;
    private readonly int[] _indexes;
    private int[]? _order;                                                   // of an earlier reader: memory for the next

    /// <summary>Picks images.</summary>
    /// <param name="images">The set.</param>
    /// <param name="indexes">The places of the images in it.</param>
    public ImageSubset(ImageSet images, IReadOnlyCollection<int> indexes)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(indexes);
        (_images, _indexes) = (images, [.. indexes]);
    }

    /// <inheritdoc/>
    public ImageLayout Layout => _images.Layout;

    /// <inheritdoc/>
    public int Count => _indexes.Length;

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels => field ??= Array.ConvertAll(_indexes, index => _images.Labels[index]);

    /// <inheritdoc/>
    public IReadOnlyList<float> Weights => field ??= Array.ConvertAll(_indexes, index => _images.Weights[index]);

    /// <inheritdoc/>
    public IImageReader Read(int? shuffleSeed)
    {
        if (shuffleSeed is not { } seed)
            return new Reader(this, _indexes);
        var order = Interlocked.Exchange(ref _order, null) ?? new int[Count];
        _indexes.CopyTo(order, 0);
        new Random(seed).Shuffle(order);
        return new Reader(this, order);
    }

    private sealed class Reader(ImageSubset source, int[] order) : IImageReader
    {
        private int _next;

        public void Fill(ImageBatch batch)
        {
            var count = Math.Min(batch.Capacity, order.Length - _next);
            batch.Fill(source._images, order.AsSpan(_next, count));
            _next += count;
        }

        public void Dispose()
        {
            if (order != source._indexes)
                source._order = order;
        }
    }
}
