namespace Tlb.Core;

/// <summary>Labelled images of one size that can be gone through again and again, in memory or not.</summary>
internal interface IImageSource
{
    /// <summary>The layout of every image.</summary>
    ImageLayout Layout { get; }

    /// <summary>The number of images.</summary>
    int Count { get; }

    /// <summary>The class of each image, from 0.</summary>
    IReadOnlyList<int> Labels { get; }

    /// <summary>The weight of each image in the loss.</summary>
    IReadOnlyList<float> Weights { get; }

    /// <summary>
    /// The images among which each next one of a random order is drawn: <see cref="Count"/> for any order, fewer where images pass
    /// through a shuffle buffer. The same seed with a buffer of another size gives another order.
    /// </summary>
    int ShuffleBufferSize => Count;

    /// <summary>Begins to go through all images, each once.</summary>
    /// <param name="shuffleSeed">The seed of a random order: the same seed gives the same order. Null for the source's own order.</param>
    IImageReader Read(int? shuffleSeed);
}
