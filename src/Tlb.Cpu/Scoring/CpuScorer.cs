namespace Tlb.Cpu;

/// <summary>Scores images with vector kernels, on all cores.</summary>
internal sealed class CpuScorer : IScorer
{
    private readonly FoldedNetwork _network;
    private readonly bool _ownsNetwork;
    private readonly LanesPool<IScoringPass> _many;
    private readonly LanesPool<IScoringPass> _one;
    private volatile bool _isDisposed;

    /// <summary>Scores with a network that is someone else's.</summary>
    public CpuScorer(FoldedNetwork network) =>
        (_network, _many, _one) =
        (network, new(Registers.WideLanes, new ManyImages(network)), new(Registers.NarrowLanes, new OneImage(network)));

    /// <summary>Scores with weights.</summary>
    public CpuScorer(NetworkWeights weights) : this(new FoldedNetwork(weights.Config))
    {
        _network.Fold(weights);
        _ownsNetwork = true;
    }

    public void Score(ImageBatch batch, Span<float> probabilities) => Run(batch, probabilities, attention: default);

    public void Explain(ImageBatch batch, Span<float> probabilities, Span<float> attention)
    {
        EngineArguments.ThrowIfNoRoomForAttention(batch, attention, _network.Config);
        Run(batch, probabilities, attention);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _many.Dispose();
        _one.Dispose();
        if (_ownsNetwork)
            _network.Dispose();
    }

    /// <summary>Scores images; where <paramref name="attention"/> is not empty, explains them too.</summary>
    private void Run(ImageBatch batch, Span<float> probabilities, Span<float> attention)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfNoRoom(batch, probabilities, _network.Config);
        if (batch.Count == 1)
            RunTile(_one, batch, 0, 1, probabilities, attention);
        else if (batch.Count > 0)
            RunTiles(batch, probabilities, attention);
    }

    private unsafe void RunTiles(ImageBatch batch, Span<float> probabilities, Span<float> attention)
    {
        var classes = _network.Config.NumberOfClasses;
        var tokens = attention.IsEmpty ? 0 : _network.Config.TokenCount;
        var width = _many.Lanes;
        fixed (float* results = probabilities, attended = attention)
        {
            float* scores = results, maps = attended;
            Cores.For((batch.Count + width - 1) / width, tile =>
            {
                var first = tile * width;
                var count = Math.Min(width, batch.Count - first);
                RunTile(_many, batch, first, count, Rows(scores, first, count, classes), Rows(maps, first, count, tokens));
            });
        }

        static Span<float> Rows(float* start, int first, int count, int width) => new(start + first * width, count * width);
    }

    private static void RunTile(LanesPool<IScoringPass> passes, ImageBatch batch, int first, int count, Span<float> probabilities, Span<float> attention)
    {
        var pass = passes.Rent();
        pass.Score(batch, first, count, probabilities, attention);
        passes.Return(pass);
    }
}
