namespace Tlb.Core;

/// <summary>Hands out the batches of an epoch, and prepares the next one on another thread while one is in use.</summary>
internal sealed class BatchFeeder : IDisposable
{
    private readonly IImageReader _reader;
    private readonly Action<ImageBatch> _prepare;
    private readonly CancellationToken _cancellation;
    private ImageBatch _ready;
    private ImageBatch _inUse;
    private WorkAhead _filling;

    /// <summary>Begins an epoch.</summary>
    /// <param name="reader">The images; disposed with the feeder.</param>
    /// <param name="batches">Two batches to fill in turn: the same memory epoch for epoch.</param>
    /// <param name="prepare">Does the rest to a batch that holds its images.</param>
    /// <param name="cancellation">Ends the epoch.</param>
    public BatchFeeder(IImageReader reader, (ImageBatch First, ImageBatch Second) batches, Action<ImageBatch> prepare, CancellationToken cancellation)
    {
        (_reader, _prepare, _cancellation) = (reader, prepare, cancellation);
        (_ready, _inUse) = batches;
        _filling = WorkAhead.Begin(Fill);
    }

    /// <summary>The next batch; empty after the last. It may be used until the next call.</summary>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public ImageBatch Next()
    {
        _filling.Wait();
        _cancellation.ThrowIfCancellationRequested();
        (_ready, _inUse) = (_inUse, _ready);
        _filling = WorkAhead.Begin(Fill);
        return _inUse;
    }

    public void Dispose()
    {
        _filling.Drop();
        _reader.Dispose();
    }

    private void Fill()
    {
        _reader.Fill(_ready);
        if (_ready.Count > 0)
            _prepare(_ready);
    }
}
