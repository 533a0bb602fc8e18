namespace Tlb.Cpu;

/// <summary>A network's weights as the kernels use them: folded, packed, in native memory. Shared by all threads.</summary>
internal sealed unsafe class FoldedNetwork : IDisposable
{
    private readonly List<IFoldedLayer> _layers = [];
    private readonly bool _isTrained;

    /// <summary>Makes a network that is all zero.</summary>
    /// <param name="config">The network.</param>
    /// <param name="gradients">Reserves places for gradients, for training; null for a network that is only scored with.</param>
    public FoldedNetwork(TlbConfig config, GradientLayout? gradients = null)
    {
        (Config, _isTrained) = (config, gradients is not null);
        var (d, plan) = (config.EmbeddingDimension, new NetworkPlan(config));
        Order = TokenOrder.Of(config);
        if (config.Tokenizer == TokenizerKind.Patches)
            PatchProjection = new(config.PatchSize * config.PatchSize * TlbConfig.Channels, d, gradients);
        else
            Convolutions = new(config, gradients);
        (Fast, Slow) = Blocks(plan, gradients);
        ReadOut = new(config, gradients);
        Positions = new((long)config.TokenCount * d);
        if (config.NormalizesTokens)
            TokenNorm = new(d, gradients);
        if (config.Positions == PositionKind.Learned)
            PositionsGradient = gradients?.Add(config.TokenCount, d) ?? default;
        else
            SinusoidalEmbedding.Of(config.TokenCount, d).CopyTo(Positions.Span);
        if (config.LearnsStartState)
        {
            StartState = new((long)plan.StateCount * d);
            StartStateGradient = gradients?.Add(plan.StateCount, d) ?? default;
        }
        if (config.AddsStatePlaces)
        {
            StatePlaces = new((long)plan.StateCount * d);
            SinusoidalEmbedding.Of(plan.StateCount, d).CopyTo(StatePlaces.Span);
        }
    }

    public TlbConfig Config { get; }

    /// <summary>The place on the grid of each token, in the order of reading.</summary>
    public int[] Order { get; }

    /// <summary>From a patch to a token, where patches make tokens.</summary>
    public Linear? PatchProjection { get; }

    /// <summary>From an image to tokens, where convolutions make them.</summary>
    public FoldedConvolutions? Convolutions { get; }

    /// <summary>The normalisation of tokens, where the form has one.</summary>
    public TokenNorm? TokenNorm { get; }

    /// <summary>What tells the places of tokens apart, in the order of reading, [tokens, D].</summary>
    public AlignedFloats Positions { get; }

    /// <summary>Where the gradients of <see cref="Positions"/> lie, if they are learned, [tokens, D].</summary>
    public GradientBlock PositionsGradient { get; }

    /// <summary>The state that is learned, [V, D]; null if it starts at zero.</summary>
    public AlignedFloats? StartState { get; }

    /// <summary>Where the gradients of <see cref="StartState"/> lie, [V, D].</summary>
    public GradientBlock StartStateGradient { get; }

    /// <summary>What is added to the state before each chunk, [V, D]; or null.</summary>
    public AlignedFloats? StatePlaces { get; }

    /// <summary>The blocks that read a chunk.</summary>
    public FoldedBlock[] Fast { get; }

    /// <summary>The blocks that update the state.</summary>
    public FoldedBlock[] Slow { get; }

    /// <summary>What the classes are read with.</summary>
    public FoldedReadOut ReadOut { get; }

    /// <summary>Whether the state is updated after a chunk: someone reads it then.</summary>
    public bool UpdatesState(int chunk) => chunk < Config.ChunkCount - 1 || Config.ReadsFinalState;

    /// <summary>Allocates what makes tokens of images.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="isTrained">Whether to keep what the way back needs.</param>
    public ITokenizer CreateTokenizer<L, TUse>(TileShape shape, bool isTrained)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L> =>
        PatchProjection is not null ? new PatchTokenizer<L, TUse>(this, shape, isTrained) : new GridTokenizer<L, TUse>(this, shape, isTrained);

    /// <summary>Folds new weights.</summary>
    public void Fold(NetworkWeights weights)
    {
        PatchProjection?.Set(weights["patch.projection.kernel"], weights["patch.projection.bias"]);
        Convolutions?.Fold(weights);
        TokenNorm?.Set(weights["patch.ln.gamma"], weights["patch.ln.beta"]);
        if (Config.Positions == PositionKind.Learned)
            weights["patch.position_embedding"].CopyTo(Positions.Span);
        if (StartState is not null)
            weights["state.start"].CopyTo(StartState.Span);
        ReadOut.Fold(weights);
        if (_isTrained)
            Cores.ForEach(_layers, layer => layer.Fold(weights));
        else
            foreach (var layer in _layers)                                      // once: a scorer starts without waking threads
                layer.Fold(weights);
    }

    /// <summary>Brings gradients of the folded weights back to the weights they were made of.</summary>
    /// <param name="weights">The weights that were folded.</param>
    /// <param name="gradients">The gradients of the folded weights.</param>
    /// <param name="target">Receives the gradients of the weights.</param>
    public void Unfold(NetworkWeights weights, AlignedFloats gradients, NetworkWeights target)
    {
        Array.Clear(target.Values);
        if (PatchProjection is not null)
        {
            PatchProjection.MatrixGradient.CopyTo(gradients.Span, target["patch.projection.kernel"]);
            PatchProjection.BiasGradient.CopyTo(gradients.Span, target["patch.projection.bias"]);
        }
        Convolutions?.Unfold(gradients.Span, target);
        if (TokenNorm is not null)
        {
            TokenNorm.Gradient.Row(gradients.Span, 0).CopyTo(target["patch.ln.gamma"]);
            TokenNorm.Gradient.Row(gradients.Span, 1).CopyTo(target["patch.ln.beta"]);
        }
        if (Config.Positions == PositionKind.Learned)
            PositionsGradient.CopyTo(gradients.Span, target["patch.position_embedding"]);
        if (StartState is not null)
            StartStateGradient.CopyTo(gradients.Span, target["state.start"]);
        ReadOut.Unfold(weights, gradients.Span, target);
        Cores.ForEach(_layers, layer => layer.Unfold(weights, gradients.Span, target));
    }

    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        PatchProjection?.Dispose();
        Convolutions?.Dispose();
        TokenNorm?.Dispose();
        Positions.Dispose();
        StartState?.Dispose();
        StatePlaces?.Dispose();
        ReadOut.Dispose();
    }

    /// <summary>The blocks of the plan with their weights. Feed-forward layers of the same name are one.</summary>
    private (FoldedBlock[] Fast, FoldedBlock[] Slow) Blocks(NetworkPlan plan, GradientLayout? gradients)
    {
        var feedForwards = new Dictionary<string, (FoldedFeedForward Layer, int Place, int Uses)>(StringComparer.Ordinal);
        FoldedBlock[] blocks = [.. FoldedBlock.Normalizations(plan.Blocks).Select(block => Block(block.Block, block.Queries, block.Context))];
        return (blocks[..plan.Fast.Count], blocks[plan.Fast.Count..]);

        FoldedBlock Block(BlockPlan block, bool normalizesQueries, bool normalizesContext)
        {
            var (queries, context) = (block.Attention.Queries, block.Attention.Context);
            var attention = FoldedAttention.Create(Config, plan, block.Attention, gradients);
            _layers.Add(attention);
            if (!feedForwards.TryGetValue(block.FeedForward, out var feedForward))
            {
                feedForward = (new(Config, block.FeedForward, gradients), feedForwards.Count, 0);
                _layers.Add(feedForward.Layer);
            }
            feedForwards[block.FeedForward] = feedForward with { Uses = feedForward.Uses + 1 };
            return new(queries, context, attention, feedForward.Layer, feedForward.Place, feedForward.Uses, normalizesQueries, normalizesContext);
        }
    }
}
