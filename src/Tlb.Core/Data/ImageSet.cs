namespace Tlb.Core;

/// <summary>Labelled images of one size, held in memory as they were read.</summary>
internal sealed class ImageSet : IImageSource
{
    private const int BlockBytes = 1 << 24;                                  // 16 MB: no array outgrows .NET's limit, and little room is left empty

    private readonly List<byte[]> _blocks = [];
    private readonly List<int> _labels = [];
    private readonly List<float> _weights = [];
    private readonly int _imagesPerBlock;
    private ImageSubset? _all;                                               // of the count when it was last read

    /// <summary>Makes an empty set.</summary>
    /// <param name="layout">The layout of every image in it.</param>
    public ImageSet(ImageLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        _imagesPerBlock = Math.Max(1, BlockBytes / layout.ByteCount);
    }

    /// <summary>The layout of every image in the set.</summary>
    public ImageLayout Layout { get; private set; }

    /// <summary>The number of images.</summary>
    public int Count => _labels.Count;

    /// <summary>The class of each image, from 0.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>The weight of each image in the loss.</summary>
    public IReadOnlyList<float> Weights => _weights;

    /// <summary>The bytes of one image, of the type that <see cref="Layout"/> names.</summary>
    /// <param name="index">The image's place, from 0.</param>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return Image(index);
        }
    }

    /// <summary>Adds an image.</summary>
    /// <param name="pixels">Its bytes; they are copied.</param>
    /// <param name="label">Its class, from 0.</param>
    /// <param name="weight">Its weight in the loss. Default 1.</param>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another length than <see cref="Layout"/> asks for.</exception>
    public void Add(ReadOnlySpan<byte> pixels, int label, float weight = 1)
    {
        if (pixels.Length != Layout.ByteCount)
            throw new ArgumentException($"The image has {pixels.Length} bytes, expected {Layout.ByteCount}.", nameof(pixels));
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        EnsureRoom();
        pixels.CopyTo(Image(Count));
        _labels.Add(label);
        _weights.Add(weight);
    }

    /// <inheritdoc/>
    public IImageReader Read(int? shuffleSeed) => (_all?.Count == Count ? _all : _all = new(this, [.. Enumerable.Range(0, Count)])).Read(shuffleSeed);

    /// <summary>Says what the values mean to the network, once that is known.</summary>
    /// <param name="offset">The new <see cref="ImageLayout.Offset"/>.</param>
    /// <param name="scale">The new <see cref="ImageLayout.Scale"/>.</param>
    public void SetNormalization(float offset, float scale) => Layout = Layout with { Offset = offset, Scale = scale };

    private Span<byte> Image(int index) =>
        _blocks[index / _imagesPerBlock].AsSpan(index % _imagesPerBlock * Layout.ByteCount, Layout.ByteCount);

    /// <summary>Adds a block, or doubles the first, so that a small set takes little room.</summary>
    private void EnsureRoom()
    {
        var (block, within) = (Count / _imagesPerBlock, Count % _imagesPerBlock);
        if (block == _blocks.Count)
            _blocks.Add(GC.AllocateUninitializedArray<byte>((block == 0 ? Math.Min(16, _imagesPerBlock) : _imagesPerBlock) * Layout.ByteCount));
        else if ((within + 1) * Layout.ByteCount > _blocks[block].Length)
        {
            var larger = _blocks[block];
            Array.Resize(ref larger, Math.Min(2 * within, _imagesPerBlock) * Layout.ByteCount);
            _blocks[block] = larger;
        }
    }
}
