namespace Tlb.Core;

/// <summary>Goes through the images of a source. Used by one thread at a time.</summary>
internal interface IImageReader : IDisposable
{
    /// <summary>Fills a batch with the next images: as many as it holds, or as are left.</summary>
    /// <param name="batch">The batch. It is emptied first.</param>
    void Fill(ImageBatch batch);
}
