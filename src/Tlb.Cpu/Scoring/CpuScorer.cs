namespace Tlb.Cpu;

/// <summary>Scores images with vector kernels, on all cores.</summary>
internal sealed class CpuScorer : IScorer
{
    private readonly FoldedNetwork _network;
    private readonly bool _ownsNetwork;
    private readonly long _workMemory;
    private readonly long _manyFloats;                                       // that a pass takes beside its images
    private readonly long _oneFloats;
    private readonly LanesPool<IScoringPass> _many;
    private readonly LanesPool<IScoringPass> _one;
    private volatile bool _isDisposed;

    /// <summary>Scores with a network that is someone else's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="workMemory">The most bytes of working memory that a call may take.</param>
    public CpuScorer(FoldedNetwork network, long workMemory)
    {
        (_network, _workMemory) = (network, workMemory);
        (_manyFloats, _oneFloats) = (PassFloats(network.Config, single: false), PassFloats(network.Config, single: true));
        (_many, _one) = (new(Registers.WideLanes, new ManyImages(network)), new(Registers.NarrowLanes, new OneImage(network)));
    }

    /// <summary>Scores with weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="workMemory">The most bytes of working memory that a call may take.</param>
    public CpuScorer(NetworkWeights weights, long workMemory) : this(Network(weights.Config, workMemory), workMemory)
    {
        _network.Fold(weights);
        _ownsNetwork = true;
    }

    public void Score(ImageBatch batch, Span<float> probabilities) => Run(batch, probabilities, attention: default, stateAttention: default);

    public void Explain(ImageBatch batch, Span<float> probabilities, Span<float> attention, Span<float> stateAttention = default)
    {
        EngineArguments.ThrowIfNoRoomForAttention(batch, attention, stateAttention, _network.Config);
        Run(batch, probabilities, attention, stateAttention);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _many.Dispose();
        _one.Dispose();
        if (_ownsNetwork)
            _network.Dispose();
    }

    /// <summary>Scores images; where <paramref name="attention"/> is not empty, explains them too, by state vector where <paramref name="stateAttention"/> isn't either.</summary>
    private void Run(ImageBatch batch, Span<float> probabilities, Span<float> attention, Span<float> stateAttention)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfNoRoom(batch, probabilities, _network.Config);
        var floats = batch.Count == 1 ? _oneFloats : _manyFloats;
        var bytes = Bytes(floats, _network.Config, batch.Layout, batch.Count == 1 ? _one.Lanes : _many.Lanes);
        if (bytes > _workMemory)
            ThrowTooLarge(_network.Config, _workMemory, batch.Layout, single: batch.Count == 1);
        if (batch.Count == 1)
            RunTile(_one, batch, 0, 1, probabilities, attention, stateAttention);
        else if (batch.Count > 0)
            RunTiles(batch, probabilities, attention, stateAttention, Cores.Within(_workMemory, bytes));
    }

    /// <summary>Makes room for weights, if there is room for the work with them too.</summary>
    private static FoldedNetwork Network(TlbConfig config, long workMemory)
    {
        ThrowTooLarge(config, workMemory, new() { Height = config.ImageSize, Width = config.ImageSize }, single: true);
        return new(config);
    }

    /// <summary>Throws if one pass takes more memory than there may be.</summary>
    private static void ThrowTooLarge(TlbConfig config, long workMemory, ImageLayout layout, bool single)
    {
        var lanes = single ? Registers.NarrowLanes : Registers.WideLanes;
        WorkLimit.ThrowIfOver(
            workMemory, config, FormattableString.Invariant($"Scoring images of {layout.Width}x{layout.Height} pixels"),
            network => Bytes(PassFloats(network, single), network, layout, lanes));
    }

    private static long PassFloats(TlbConfig config, bool single) =>
        TileShape.ForScoring(config, single ? Registers.NarrowLanes : Registers.WideLanes).ScoringFloats(single);

    /// <summary>The bytes of a pass with its images.</summary>
    private static long Bytes(long passFloats, TlbConfig config, ImageLayout layout, int lanes) =>
        checked((passFloats + TileShape.ImageFloats(config, layout, lanes)) * sizeof(float));

    private unsafe void RunTiles(ImageBatch batch, Span<float> probabilities, Span<float> attention, Span<float> stateAttention, int threads)
    {
        var classes = _network.Config.NumberOfClasses;
        var tokens = attention.IsEmpty ? 0 : _network.Config.TokenCount;
        var stateTokens = stateAttention.IsEmpty ? 0 : _network.Config.DistinctStates * _network.Config.TokenCount;
        var width = _many.Lanes;
        fixed (float* results = probabilities, attended = attention, stateAttended = stateAttention)
        {
            float* scores = results, maps = attended, stateMaps = stateAttended;
            Cores.For((batch.Count + width - 1) / width, tile =>
            {
                var first = tile * width;
                var count = Math.Min(width, batch.Count - first);
                RunTile(_many, batch, first, count, Rows(scores, first, count, classes), Rows(maps, first, count, tokens), Rows(stateMaps, first, count, stateTokens));
            }, threads);
        }

        static Span<float> Rows(float* start, int first, int count, int width) => new(start + first * width, count * width);
    }

    private static void RunTile(LanesPool<IScoringPass> passes, ImageBatch batch, int first, int count, Span<float> probabilities, Span<float> attention, Span<float> stateAttention)
    {
        var pass = passes.Rent();
        pass.Score(batch, first, count, probabilities, attention, stateAttention);
        passes.Return(pass);
    }
}
