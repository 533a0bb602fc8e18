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
        var count = Math.Min(batch.Capacity, images.Count - _position);
        batch.Want(shareOf(count), count > 0 ? partnerDistance(_position, count) : 0, count);
        reader.Fill(batch);
        _position += batch.Count;
    }

    public void Dispose() => reader.Dispose();
}
