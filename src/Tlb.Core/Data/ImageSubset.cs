namespace Tlb.Core;

/// <summary>Some images of a set. They stay in the set's memory.</summary>
internal sealed class ImageSubset : IImageSource
{
    private readonly ImageSet _images;
    private readonly int[] _indexes;
    private readonly EpochOrder _order;

    /// <summary>Picks images.</summary>
    /// <param name="images">The set.</param>
    /// <param name="indexes">The places of the images in it.</param>
    public ImageSubset(ImageSet images, IReadOnlyCollection<int> indexes)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(indexes);
        (_images, _indexes) = (images, [.. indexes]);
        _order = new(_indexes);
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
    public IImageReader Read(int? shuffleSeed) => new Reader(_images, _order, shuffleSeed);

    private sealed class Reader(ImageSet images, EpochOrder orders, int? shuffleSeed) : IImageReader
    {
        private readonly int[] _order = orders.Take(shuffleSeed);
        private int _next;

        public void Fill(ImageBatch batch)
        {
            var count = Math.Min(batch.Capacity, _order.Length - _next);
            batch.Fill(images, _order.AsSpan(_next, count));
            _next += count;
        }

        public void Dispose() => orders.Return(_order);
    }
}
