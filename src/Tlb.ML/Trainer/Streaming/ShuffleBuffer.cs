namespace Tlb.ML;

/// <summary>Some images, of which any may be drawn. Its memory is used again and again.</summary>
/// <param name="layout">The images' layout.</param>
/// <param name="capacity">The most images.</param>
internal sealed class ShuffleBuffer(ImageLayout layout, int capacity)
{
    private readonly (byte[] Pixels, int Index)[] _images = new (byte[], int)[capacity];

    /// <summary>The images in it.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it takes no further image.</summary>
    public bool IsFull => Count == _images.Length;

    /// <summary>Adds an image.</summary>
    /// <param name="pixels">Its bytes; they are copied.</param>
    /// <param name="index">Its place among all images.</param>
    public void Add(ReadOnlySpan<byte> pixels, int index)
    {
        ref var image = ref _images[Count++];
        image = (image.Pixels ?? GC.AllocateUninitializedArray<byte>(layout.ByteCount), index);
        pixels.CopyTo(image.Pixels);
    }

    /// <summary>Takes an image out.</summary>
    /// <param name="random">Decides which.</param>
    /// <param name="index">Its place among all images.</param>
    /// <returns>Its bytes, until the next <see cref="Add"/>.</returns>
    public ReadOnlySpan<byte> Draw(Random random, out int index)
    {
        var drawn = random.Next(Count--);
        (_images[drawn], _images[Count]) = (_images[Count], _images[drawn]);
        index = _images[Count].Index;
        return _images[Count].Pixels;
    }

    /// <summary>Empties it.</summary>
    public void Clear() => Count = 0;
}
