namespace Tlb.Cpu;

/// <summary>A tile of images, forward and back.</summary>
internal sealed unsafe class TileTrainer<L> : ITileTrainer where L : unmanaged, ILanes<L>
{
    private readonly TileForward<L> _forward;
    private readonly TileBackward<L> _backward;
    private readonly float[] _probabilities;

    public TileTrainer(FoldedNetwork network)
    {
        var shape = new TileShape(network.Config, L.Count);
        _forward = new(network, shape);
        _backward = new(network, shape, _forward);
        _probabilities = new float[network.Config.NumberOfClasses];
    }

    public BatchMetrics Run(ImageBatch batch, int first, int count, StepDropout dropout, float* gradients)
    {
        _forward.Run(batch, first, count, dropout);
        var metrics = default(BatchMetrics);
        for (var lane = 0; lane < L.Count; lane++)
            metrics += lane < count ? LogitsToGradient(lane, batch.Labels[first + lane], 1f / batch.Count) : ClearGradient(lane);
        _backward.Run(_forward.Logits, first, dropout, gradients);
        GC.KeepAlive(this);                                                  // its memory is in use to here
        return metrics;
    }

    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }

    /// <summary>An image's logits become the gradient of its loss.</summary>
    private BatchMetrics LogitsToGradient(int lane, int label, float share)
    {
        var logits = _forward.Logits + lane;
        for (var c = 0; c < _probabilities.Length; c++)
            _probabilities[c] = logits[c * L.Count];
        Probabilities.FromLogits(_probabilities);
        var metrics = CrossEntropy.Of(_probabilities, label, out var isClipped);
        for (var c = 0; c < _probabilities.Length; c++)
            logits[c * L.Count] = isClipped ? 0 : share * (_probabilities[c] - (c == label ? 1 : 0));
        return metrics;
    }

    private BatchMetrics ClearGradient(int lane)
    {
        for (var c = 0; c < _probabilities.Length; c++)
            _forward.Logits[c * L.Count + lane] = 0;
        return default;
    }
}
