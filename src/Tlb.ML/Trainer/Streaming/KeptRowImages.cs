namespace Tlb.ML;

/// <summary>
/// Images of rows that are numbers and texts, such as paths. The rows are kept in memory, so that images are decoded in any order: the
/// very order that images in memory have.
/// </summary>
/// <param name="images">What the first reading found.</param>
/// <param name="indexes">The images of this source.</param>
/// <param name="rows">Where the row of each image is; of all images.</param>
internal sealed class KeptRowImages(StreamedImages.Properties images, int[] indexes, (RowBuffer Buffer, int Row)[] rows) : StreamedImages(images, indexes)
{
    private readonly (RowBuffer Buffer, int Row)[] _rows = rows;
    private readonly EpochOrder _order = new(indexes);

    /// <summary>All images.</summary>
    public KeptRowImages(Properties images, (RowBuffer Buffer, int Row)[] rows) : this(images, [.. Enumerable.Range(0, rows.Length)], rows)
    {
    }

    public override StreamedImages Subset(int[] indexes) => new KeptRowImages(Images, Array.ConvertAll(indexes, index => Indexes[index]), _rows);

    public override IImageReader Read(int? shuffleSeed) => new Reader(this, shuffleSeed);

    private sealed class Reader(KeptRowImages source, int? shuffleSeed) : IImageReader
    {
        private readonly int[] _order = source._order.Take(shuffleSeed);
        private readonly RowWorkers<LabelledImages> _workers = source.Images.Data.CreateWorkers();
        private readonly LabelledImage[] _decoded = source.TakeDecoded();
        private int _next;

        public void Fill(ImageBatch batch)
        {
            batch.Clear();
            while (batch.Count < batch.Capacity && _next < _order.Length)
            {
                var count = Math.Min(Math.Min(batch.Capacity - batch.Count, _decoded.Length), _order.Length - _next);
                var first = batch.Count;
                _workers.ForEach(
                    0, count, i => source._rows[_order[_next + i]],
                    (worker, i) =>
                    {
                        if (batch.IsWanted(first + i))
                            worker.Read(_decoded[i]);
                    },
                    source.Images.Cancellation);
                source.Images.Cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < count; i++)
                {
                    var index = _order[_next + i];
                    var place = batch.Add(source.Images.Labels[index], source.Images.Weights[index]);
                    if (batch.IsWanted(first + i))
                        source.PixelsOf(_decoded[i], index).CopyTo(place);
                }
                _next += count;
            }
        }

        public void Dispose()
        {
            _workers.Dispose();
            source.Return(_decoded);
            source._order.Return(_order);
        }
    }
}
