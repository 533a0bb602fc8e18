namespace Tlb.Cpu;

/// <summary>A tile of images, forward and back.</summary>
internal sealed unsafe class TileTrainer<L> : ITileTrainer where L : unmanaged, ILanes<L>
{
    private readonly TileForward<L> _forward;
    private readonly TileBackward<L> _backward;
    private readonly float[] _probabilities;
    private readonly float[] _target;
    private readonly float _smoothing;

    public TileTrainer(FoldedNetwork network, float labelSmoothing)
    {
        var shape = new TileShape(network.Config, L.Count);
        _forward = new(network, shape);
        _backward = new(network, shape, _forward);
        (_probabilities, _target, _smoothing) = (new float[network.Config.NumberOfClasses], new float[network.Config.NumberOfClasses], labelSmoothing);
    }

    /// <summary>The floats that it takes beside its images.</summary>
    internal long Floats => _forward.Floats + _backward.Floats;

    public BatchMetrics Run(ImageBatch batch, int first, int count, StepDropout dropout, float* gradients)
    {
        _forward.Run(batch, first, count, dropout);
        var metrics = default(BatchMetrics);
        for (var lane = 0; lane < L.Count; lane++)
            metrics += lane < count ? LogitsToGradient(lane, batch, first + lane) : ClearGradient(lane);
        _backward.Run(_forward.Logits, first, dropout, gradients);
        GC.KeepAlive(this);                                                  // its memory is in use to here
        return metrics;
    }

    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }

    /// <summary>An image's logits become the gradient of its share of the loss.</summary>
    private BatchMetrics LogitsToGradient(int lane, ImageBatch batch, int index)
    {
        var logits = _forward.Logits + lane;
        for (var c = 0; c < _probabilities.Length; c++)
            _probabilities[c] = logits[c * L.Count];
        Softmax.Forward(_probabilities);
        batch.CopyTargetTo(index, _smoothing, _target);
        var metrics = CrossEntropy.LossAndGradient(_probabilities, _target, batch.Weights[index]);
        for (var c = 0; c < _probabilities.Length; c++)
            logits[c * L.Count] = _probabilities[c] / batch.Count;
        return metrics;
    }

    private BatchMetrics ClearGradient(int lane)
    {
        for (var c = 0; c < _probabilities.Length; c++)
            _forward.Logits[c * L.Count + lane] = 0;
        return default;
    }
}
