using System.Collections.Concurrent;

namespace Tlb.Cpu;

/// <summary>Trains a network with vector kernels and a hand-written backward pass, on all cores.</summary>
/// <remarks>
/// A batch is cut into tiles of as many images as a register has lanes, and the tiles into leaves of a tree (<see cref="SumTree"/>), along which
/// their gradients are added: the result depends neither on which thread did what, nor on how many processes share the batch.
/// </remarks>
internal sealed unsafe class CpuTrainingSession : ITrainingSession
{
    private const int MostLeaves = 64;                                       // and so many processes can share a batch

    private readonly NetworkWeights _weights;
    private readonly NetworkWeights _gradient;
    private readonly NetworkWeights? _average;
    private readonly SessionOptions _options;
    private readonly FoldedNetwork _network;
    private readonly CpuScorer _scorer;
    private readonly IOptimizer _optimizer;
    private readonly ConcurrentBag<GradientSum> _sums = [];                  // that are free
    private readonly RankSum? _rankSum;
    private readonly LanesPool<ITileTrainer> _wide;
    private readonly LanesPool<ITileTrainer> _narrow;
    private readonly int _gradientCount;
    private readonly long _wideFloats;                                       // that a tile takes beside its images
    private readonly long _narrowFloats;
    private long _step;
    private bool _averageIsFolded;                                           // or else the weights are
    private BatchMetrics _metrics;
    private bool _isDisposed;

    public CpuTrainingSession(NetworkWeights weights, SessionOptions options)
    {
        var gradients = new GradientLayout();
        ThrowIfTooLarge(weights.Config, options.WorkMemory, new() { Height = weights.Config.ImageSize, Width = weights.Config.ImageSize }, Registers.NarrowLanes);
        (_wideFloats, _narrowFloats) = (TileFloats(weights.Config, Registers.WideLanes), TileFloats(weights.Config, Registers.NarrowLanes));
        (_weights, _gradient, _options) = (weights.Clone(), new(weights.Config), options);
        if (options.Ranks is { } ranks)
        {
            // Sums of products depend on the width of the registers.
            ranks.ThrowIfDifferent(new Dictionary<string, string> { ["Registers"] = FormattableString.Invariant($"{32 * Registers.WideLanes} and {32 * Registers.NarrowLanes} bits") });
            _rankSum = new(ranks);
        }
        _average = options.AverageDecay is null ? null : weights.Clone();
        _network = new(weights.Config, gradients);
        _network.Fold(_weights);
        _scorer = new(_network, options.WorkMemory);
        var trainers = new TileTrainers(_network, options.LabelSmoothing);
        (_wide, _narrow) = (new(Registers.WideLanes, trainers), new(Registers.NarrowLanes, trainers));
        _gradientCount = gradients.Count;
        Range[] decayed = [.. weights.Layout
            .Where(parameter => options.DecayAllWeights || parameter.IsMatrix)
            .Select(parameter => parameter.Offset..(parameter.Offset + parameter.Count))];
        _optimizer = options.Optimizer == OptimizerKind.Muon
            ? new Muon(_weights.Values.Length, HiddenMatrix.Of(weights.Layout), options.WeightDecay, decayed)
            : new AdamW(_weights.Values.Length, options.WeightDecay, decayed);
    }

    /// <summary>The weights that scoring uses.</summary>
    private NetworkWeights Averaged => _average ?? _weights;

    public Precision Precision => Precision.Float32;

    public void RunStep(ImageBatch batch, float learningRate)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfNoStep(batch, learningRate, _weights.Config);
        Fold(average: false);
        _metrics += ComputeGradient(batch);
        ClipGradient();
        _optimizer.Step(_weights.Values, _gradient.Values, learningRate);
        if (_average is not null)
            WeightVectors.UpdateAverage(_average.Values, _weights.Values, _options.AverageDecay!.Value, _optimizer.StepCount);
        _network.Fold(_weights);
    }

    public BatchMetrics ReadMetrics()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _metrics;
    }

    public void ResetMetrics()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _metrics = default;
    }

    public void Score(ImageBatch batch, Span<float> probabilities)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Fold(average: true);
        _scorer.Score(batch, probabilities);
    }

    public void CopyWeightsTo(NetworkWeights weights)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfOfAnother(weights, _weights.Config);
        Averaged.Values.CopyTo(weights.Values, 0);
    }

    public SessionState SaveState(SessionState? memory = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new()
        {
            Step = _step,
            OptimizerStep = _optimizer.StepCount,
            Metrics = _metrics,
            Weights = Copy(_weights.Values, memory?.Weights),
            Mean = Copy(_optimizer.Mean, memory?.Mean),
            Variance = Copy(_optimizer.Variance, memory?.Variance),
            Average = _average is null ? null : Copy(_average.Values, memory?.Average),
        };

        static float[] Copy(float[] values, float[]? target)
        {
            target ??= new float[values.Length];
            values.CopyTo(target, 0);
            return target;
        }
    }

    public void RestoreState(SessionState state)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(state);
        state.ThrowIfNotFor(_weights.Values.Length, _average is not null);
        (_step, _optimizer.StepCount, _metrics) = (state.Step, state.OptimizerStep, state.Metrics);
        state.Weights.CopyTo(_weights.Values, 0);
        state.Mean.CopyTo(_optimizer.Mean, 0);
        state.Variance.CopyTo(_optimizer.Variance, 0);
        state.Average?.CopyTo(_average!.Values, 0);
        _network.Fold(_weights);
        _averageIsFolded = false;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _wide.Dispose();
        _narrow.Dispose();
        foreach (var sum in _sums)
            sum.Dispose();
        _scorer.Dispose();
        _network.Dispose();
    }

    public Range ShareOf(int imageCount)
    {
        if (_options.Ranks is not { } ranks)
            return ..imageCount;
        var (lanes, tiles, tree) = Cut(imageCount);
        var (first, end) = tree.Share(ranks.Rank, ranks.Count);
        return Math.Min(imageCount, FirstTile(first, tree, tiles) * lanes)..Math.Min(imageCount, FirstTile(end, tree, tiles) * lanes);
    }

    /// <summary>Computes the gradient of the mean loss of a batch by all weights.</summary>
    internal BatchMetrics ComputeGradient(ImageBatch batch)
    {
        var (lanes, tiles, tree) = Cut(batch.Count);
        var trainers = lanes == _wide.Lanes ? _wide : _narrow;
        var tileBytes = TileBytes(trainers == _wide ? _wideFloats : _narrowFloats, _weights.Config, batch.Layout, lanes);
        if (tileBytes + WeightBytes(_weights.Values.Length) > _options.WorkMemory)
            ThrowIfTooLarge(_weights.Config, _options.WorkMemory, batch.Layout, lanes);
        var dropout = new StepDropout(_weights.Config, _options.Seed, ++_step, batch.Count);
        var mine = _options.Ranks is { } ranks ? tree.Share(ranks.Rank, ranks.Count) : tree.Share(0, 1);
        var batchSum = new BatchSum(tree, mine, _sums);
        Cores.For(mine.End - mine.First, i =>
        {
            var (leaf, sum, trainer) = (mine.First + i, TakeSum(), trainers.Rent());
            sum.Clear();
            for (var (tile, end) = (FirstTile(leaf, tree, tiles), FirstTile(leaf + 1, tree, tiles)); tile < end; tile++)
                sum.Metrics += trainer.Run(batch, tile * lanes, Math.Min(lanes, batch.Count - tile * lanes), dropout, sum.Gradients.Pointer);
            trainers.Return(trainer);
            batchSum.Add(leaf, sum);
        }, Cores.Within(_options.WorkMemory - tree.Leaves * SumBytes, tileBytes));
        var total = Total(tree, batchSum.Nodes);
        _network.Unfold(_weights, total.Gradients, _gradient);
        _sums.Add(total);
        return total.Metrics;
    }

    /// <summary>The sum of all nodes, those of other processes too.</summary>
    private GradientSum Total(SumTree tree, IReadOnlyDictionary<(int Level, int Index), GradientSum> nodes)
    {
        if (_rankSum is null)
            return nodes[tree.Root];
        _options.Ranks!.Meet();
        var total = TakeSum();
        _rankSum.Add(tree, nodes, total);
        foreach (var sum in nodes.Values)
            _sums.Add(sum);
        return total;
    }

    private GradientSum TakeSum() => _sums.TryTake(out var sum) ? sum : new(_gradientCount);

    /// <summary>How a batch is cut: the images of a tile, the tiles, and the tree of their gradients.</summary>
    private (int Lanes, int Tiles, SumTree Tree) Cut(int images)
    {
        // Wide registers, unless narrow ones are what gives every core a tile. The cores of other processes are not known: there it goes by what all know.
        var cores = _options.Ranks is null ? Environment.ProcessorCount : MostLeaves;
        var lanes = images > _narrow.Lanes * cores ? _wide.Lanes : _narrow.Lanes;
        var tiles = (images + lanes - 1) / lanes;
        // Fewer leaves where their gradients would take half of the working memory.
        return (lanes, tiles, new(Math.Min(tiles, (int)Math.Clamp(_options.WorkMemory / 2 / SumBytes, 1, MostLeaves))));
    }

    private static int FirstTile(int leaf, SumTree tree, int tiles) => (int)(tiles * (long)leaf / tree.Leaves);

    /// <summary>The bytes of the gradients of a leaf.</summary>
    private long SumBytes => _gradientCount * (long)sizeof(float);

    /// <summary>Throws if one tile and the gradients take more memory than there may be.</summary>
    /// <exception cref="InvalidOperationException">They do; the message says how much.</exception>
    private static void ThrowIfTooLarge(TlbConfig config, long workMemory, ImageLayout layout, int lanes) => WorkLimit.ThrowIfOver(
        workMemory, config, FormattableString.Invariant($"Training on {lanes} images of {layout.Width}x{layout.Height} pixels"),
        network => TileBytes(TileFloats(network, lanes), network, layout, lanes) + WeightBytes(network.WeightCount));

    private static long TileFloats(TlbConfig config, int lanes) => new TileShape(config, lanes).TrainingFloats;

    /// <summary>The bytes of a tile with its images.</summary>
    private static long TileBytes(long tileFloats, TlbConfig config, ImageLayout layout, int lanes) =>
        checked((tileFloats + TileShape.ImageFloats(config, layout, lanes)) * sizeof(float));

    private static long WeightBytes(long count) => count * sizeof(float);

    /// <summary>The gradient that <see cref="ComputeGradient"/> computed last.</summary>
    internal NetworkWeights Gradient => _gradient;

    private void ClipGradient()
    {
        if (_options.GradientClipNorm is { } largest && WeightVectors.Norm(_gradient.Values) is var norm && norm > largest)
            WeightVectors.Scale(_gradient.Values, (float)(largest / norm));
    }

    /// <summary>Folds the weights to train or to score with, unless they are what is folded.</summary>
    private void Fold(bool average)
    {
        if (_average is null || average == _averageIsFolded)
            return;
        _network.Fold(average ? _average : _weights);
        _averageIsFolded = average;
    }
}
