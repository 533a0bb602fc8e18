namespace Tlb.Core;

/// <summary>Reads of each batch what one of several processes needs: its own share, and the images that are mixed into it.</summary>
/// <param name="images">The images.</param>
/// <param name="reader">Goes through them; disposed with this.</param>
/// <param name="shareOf">The share of a batch of so many images.</param>
/// <param name="partnerDistance">How far the partners of a batch are, by the place of its first image and its images.</param>
internal sealed class ShareReader(IImageSource images, IImageReader reader, Func<int, Range> shareOf, Func<long, int, int> partnerDistance) : IImageReader
{
    private int _position;

    public void Fill(ImageBatch batch)
    {
        if (Math.Min(batch.Capacity, images.Count - _position) is > 0 and var count)
            batch.Want(shareOf(count), partnerDistance(_position, count), count);
        reader.Fill(batch);
        _position += batch.Count;
    }

    public void Dispose() => reader.Dispose();
}
