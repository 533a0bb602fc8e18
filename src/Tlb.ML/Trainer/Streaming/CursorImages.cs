namespace Tlb.ML;

/// <summary>Images that the data's cursor hands out again each time, and that pass through a shuffle buffer where their order is to be random.</summary>
internal sealed class CursorImages : StreamedImages
{
    private readonly Dictionary<DataViewRowId, int> _places;                 // of all images
    private readonly bool[] _isMine;
    private readonly long _bufferBytes;
    private ShuffleBuffer? _buffer;

    /// <summary>All images.</summary>
    /// <param name="images">What the first reading found.</param>
    /// <param name="ids">The id of each image's row.</param>
    /// <param name="bufferBytes">The most bytes of the shuffle buffer. It holds one image at least.</param>
    /// <exception cref="InvalidDataException">Two rows have the same id.</exception>
    public CursorImages(Properties images, IReadOnlyList<DataViewRowId> ids, long bufferBytes)
        : this(images, [.. Enumerable.Range(0, ids.Count)], Places(ids), bufferBytes)
    {
    }

    private CursorImages(Properties images, int[] indexes, Dictionary<DataViewRowId, int> places, long bufferBytes) : base(images, indexes)
    {
        (_places, _bufferBytes) = (places, bufferBytes);
        _isMine = new bool[places.Count];
        foreach (var index in indexes)
            _isMine[index] = true;
    }

    public override int ShuffleBufferSize => (int)Math.Clamp(_bufferBytes / Layout.ByteCount, 1, Count);

    public override long BufferBytes => (long)ShuffleBufferSize * Layout.ByteCount;

    public override StreamedImages Subset(int[] indexes) => new CursorImages(Images, Array.ConvertAll(indexes, index => Indexes[index]), _places, _bufferBytes);

    public override IImageReader Read(int? shuffleSeed) => new Reader(this, shuffleSeed);

    private static Dictionary<DataViewRowId, int> Places(IReadOnlyList<DataViewRowId> ids)
    {
        var places = new Dictionary<DataViewRowId, int>(ids.Count);
        for (var i = 0; i < ids.Count; i++)
            if (!places.TryAdd(ids[i], i))
                throw new InvalidDataException($"Images {places[ids[i]]} and {i} of the data have the same row id, {ids[i]}; data of more bytes than MemoryBudget need ids of their own for all rows.");
        return places;
    }

    private sealed class Reader : IImageReader
    {
        private readonly CursorImages _source;
        private readonly Random? _random;
        private readonly ShuffleBuffer? _buffer;
        private readonly LabelledImage[] _decoded;
        private readonly int[] _indexes;                                     // of the rows in _rows; -1 for those to pass over
        private readonly ParallelRowReader<LabelledImages> _reader;
        private readonly RowBuffer _rows;
        private int _row;
        private int _seen;
        private bool _isAtEnd;

        public Reader(CursorImages source, int? shuffleSeed)
        {
            _source = source;
            if (shuffleSeed is { } seed)
            {
                _random = new(seed);
                _buffer = Interlocked.Exchange(ref source._buffer, null) ?? new(source.Layout, source.ShuffleBufferSize);
            }
            _decoded = source.TakeDecoded();
            _indexes = new int[_decoded.Length];
            _reader = source.Images.Data.Open();
            _rows = _reader.CreateBuffer(_decoded.Length);
        }

        public void Fill(ImageBatch batch)
        {
            batch.Clear();
            while (batch.Count < batch.Capacity && (_buffer is null ? TryCopyNext(batch) : TryDraw(batch)))
            {
            }
        }

        public void Dispose()
        {
            _reader.Dispose();
            _source.Return(_decoded);
            if (_buffer is null)
                return;
            _buffer.Clear();
            _source._buffer = _buffer;
        }

        private bool TryCopyNext(ImageBatch batch)
        {
            if (!TryReadNext(out var index))
                return false;
            _source.PixelsOf(_decoded[_row], index).CopyTo(Add(batch, index));
            return true;
        }

        /// <summary>Fills up the buffer and draws one of its images.</summary>
        private bool TryDraw(ImageBatch batch)
        {
            while (!_buffer!.IsFull && TryReadNext(out var index))
                _buffer.Add(_source.PixelsOf(_decoded[_row], index), index);
            if (_buffer.Count == 0)
                return false;
            var pixels = _buffer.Draw(_random!, out var drawn);
            pixels.CopyTo(Add(batch, drawn));
            return true;
        }

        private Span<byte> Add(ImageBatch batch, int index) => batch.Add(_source.Images.Labels[index], _source.Images.Weights[index]);

        /// <summary>Goes on to the next image of this source.</summary>
        private bool TryReadNext(out int index)
        {
            while (!_isAtEnd)
            {
                while (++_row < _rows.Count)
                    if ((index = _indexes[_row]) >= 0)
                        return true;
                ReadRows();
            }
            index = -1;
            return false;
        }

        private void ReadRows()
        {
            var cancellation = _source.Images.Cancellation;
            var end = _reader.Read(_rows, _decoded.Length, cancellation);
            for (var row = 0; row < _rows.Count; row++)
            {
                _indexes[row] = _source._places.TryGetValue(_rows.Id(row), out var index) && _source._isMine[index] ? index : -1;
                _seen += _indexes[row] >= 0 ? 1 : 0;
            }
            _reader.ForEach(
                _rows, 0,
                (worker, row) =>
                {
                    if (_indexes[row] >= 0)
                        worker.Read(_decoded[row]);
                },
                cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (end is not null)
                throw new InvalidDataException($"The data can't be read any further: {end.Message}", end);
            (_row, _isAtEnd) = (-1, _rows.Count == 0);
            if (_isAtEnd && _seen != _source.Count)
                throw new InvalidDataException($"The data gave {_seen} of {_source.Count} images this time. They must stay as they are until the training ends.");
        }
    }
}
