namespace Tlb.Cpu;

/// <summary>A network's weights as the kernels use them: folded, packed, in native memory. Shared by all threads.</summary>
internal sealed unsafe class FoldedNetwork : IDisposable
{
    private readonly FoldedBlock[] _all;
    private readonly bool _isTrained;
    private readonly AlignedFloats _patchNorm;                               // [2][D]: scale and shift
    private readonly AlignedFloats _positions;

    /// <summary>Makes a network that is all zero.</summary>
    /// <param name="config">The network.</param>
    /// <param name="gradients">Reserves places for gradients, for training; null for a network that is only scored with.</param>
    public FoldedNetwork(TlbConfig config, GradientLayout? gradients = null)
    {
        (Config, _isTrained) = (config, gradients is not null);
        var d = config.EmbeddingDimension;
        PatchProjection = new(config.PatchSize * config.PatchSize * TlbConfig.Channels, d, gradients);
        Blocks = [.. Enumerable.Range(0, config.BlockCount).Select(i => new FoldedBlock(config, $"pm.{i}", config.ReadsState(i), gradients))];
        Bottleneck = new(config, "tlb", readsState: false, gradients);
        Classifier = new(d, config.NumberOfClasses, gradients);
        _all = [.. Blocks, Bottleneck];
        _patchNorm = new(2 * d);
        _positions = new((long)config.TokenCount * d);
        if (gradients is not null)
        {
            PatchNormGradient = gradients.Add(2, d);
            PositionsGradient = gradients.Add(config.TokenCount, d);
        }
    }

    public TlbConfig Config { get; }

    /// <summary>From a patch to a token.</summary>
    public Linear PatchProjection { get; }

    /// <summary>The scale of the layer normalisation of tokens, [D].</summary>
    public float* PatchNormScale => _patchNorm.Pointer;

    /// <summary>Its shift, [D].</summary>
    public float* PatchNormShift => _patchNorm.Pointer + Config.EmbeddingDimension;

    /// <summary>The learned positions, [tokens, D].</summary>
    public float* Positions => _positions.Pointer;

    /// <summary>Where the gradients of <see cref="PatchNormScale"/> and <see cref="PatchNormShift"/> lie, [2, D].</summary>
    public GradientBlock PatchNormGradient { get; }

    /// <summary>Where the gradients of <see cref="Positions"/> lie, [tokens, D].</summary>
    public GradientBlock PositionsGradient { get; }

    /// <summary>The blocks of the fast stream.</summary>
    public FoldedBlock[] Blocks { get; }

    /// <summary>The slow stream.</summary>
    public FoldedBlock Bottleneck { get; }

    /// <summary>From the mean of the last chunk's tokens to the classes.</summary>
    public Linear Classifier { get; }

    /// <summary>Folds new weights.</summary>
    public void Fold(NetworkWeights weights)
    {
        PatchProjection.Set(weights["patch.projection.kernel"], weights["patch.projection.bias"]);
        weights["patch.ln.gamma"].CopyTo(_patchNorm.Span);
        weights["patch.ln.beta"].CopyTo(_patchNorm.Span[Config.EmbeddingDimension..]);
        weights["patch.position_embedding"].CopyTo(_positions.Span);
        Classifier.Set(weights["head.kernel"], weights["head.bias"]);
        if (_isTrained)
            Cores.ForEach(_all, block => block.Fold(weights));
        else
            foreach (var block in _all)                                      // once: a scorer starts without waking threads
                block.Fold(weights);
    }

    /// <summary>Brings gradients of the folded weights back to the weights they were made of.</summary>
    /// <param name="weights">The weights that were folded.</param>
    /// <param name="gradients">The gradients of the folded weights.</param>
    /// <param name="target">Receives the gradients of the weights.</param>
    public void Unfold(NetworkWeights weights, AlignedFloats gradients, NetworkWeights target)
    {
        Array.Clear(target.Values);
        Copy(PatchProjection.MatrixGradient, "patch.projection.kernel");
        Copy(PatchProjection.BiasGradient, "patch.projection.bias");
        PatchNormGradient.Row(gradients.Span, 0).CopyTo(target["patch.ln.gamma"]);
        PatchNormGradient.Row(gradients.Span, 1).CopyTo(target["patch.ln.beta"]);
        Copy(PositionsGradient, "patch.position_embedding");
        Copy(Classifier.MatrixGradient, "head.kernel");
        Copy(Classifier.BiasGradient, "head.bias");
        Cores.ForEach(_all, block => block.Unfold(weights, gradients.Span, target));

        void Copy(GradientBlock block, string name)
        {
            for (var row = 0; row < block.Rows; row++)
                block.Row(gradients.Span, row).CopyTo(target[name][(row * block.Columns)..]);
        }
    }

    public void Dispose()
    {
        foreach (var block in _all)
            block.Dispose();
        PatchProjection.Dispose();
        Classifier.Dispose();
        _patchNorm.Dispose();
        _positions.Dispose();
    }
}
