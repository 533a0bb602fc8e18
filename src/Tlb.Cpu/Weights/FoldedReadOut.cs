namespace Tlb.Cpu;

/// <summary>What the classes are read with: scores of tokens where those are pooled, and the classifier, with the scales and shifts before it folded in.</summary>
/// <remarks>
/// A token's score is k . (g n + b) with n the normalised token: (g k) . n, and k . b, which is the same for all tokens and cancels in the
/// softmax. The shares sum to 1, so the pooled token is g z + b with z the weighted mean of n, and scale and shift go into the classifier.
/// </remarks>
internal sealed unsafe class FoldedReadOut : IFoldedLayer
{
    private const string Pool = "pool.ln", PoolScale = $"{Pool}.gamma", ScoreKernel = "pool.score.kernel", State = "state.ln", Kernel = "head.kernel", Bias = "head.bias";

    private readonly TlbConfig _config;
    private readonly AlignedFloats? _score;

    public FoldedReadOut(TlbConfig config, GradientLayout? gradients)
    {
        _config = config;
        Classifier = new(config.ReadOutWidth, config.NumberOfClasses, gradients);
        if (!config.ReadsTokens)
            return;
        _score = new(config.EmbeddingDimension);
        ScoreGradient = gradients?.Add(1, config.EmbeddingDimension) ?? default;
    }

    /// <summary>From what is read to the classes: the pooled tokens' features, then the state's; or the mean of the last chunk's tokens.</summary>
    public Linear Classifier { get; }

    /// <summary>What a normalised token is multiplied with to give its score, [D].</summary>
    public float* Score => _score!.Pointer;

    /// <summary>Where the gradient of <see cref="Score"/> lies, [1, D].</summary>
    public GradientBlock ScoreGradient { get; }

    public void Fold(NetworkWeights weights)
    {
        Span<float> kernel = weights[Kernel];
        if (!_config.ReadsTokens && !_config.ReadsFinalState)
        {
            Classifier.Set(kernel, weights[Bias]);
            return;
        }
        using Scratch scaled = new(kernel.Length), bias = new(_config.NumberOfClasses);
        weights[Bias].CopyTo(bias);
        foreach (var (norm, rows, _) in Parts())
            FoldedNorm.Fold(weights, norm, kernel[rows], factor: 1, scaled.AsSpan()[rows], bias);
        Classifier.Set(scaled, bias);
        if (!_config.ReadsTokens)
            return;
        Span<float> gamma = weights[PoolScale], score = weights[ScoreKernel];
        for (var i = 0; i < gamma.Length; i++)
            Score[i] = gamma[i] * score[i];
    }

    public void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        var bias = Classifier.BiasGradient.Row(gradients, 0);
        bias.CopyTo(target[Bias]);
        if (!_config.ReadsTokens && !_config.ReadsFinalState)
        {
            Classifier.MatrixGradient.CopyTo(gradients, target[Kernel]);
            return;
        }
        foreach (var (norm, rows, first) in Parts())
            FoldedNorm.Unfold(weights, target, norm, weights[Kernel][rows], factor: 1, Classifier.MatrixGradient, first, gradients, bias, target[Kernel][rows]);
        if (!_config.ReadsTokens)
            return;
        var score = ScoreGradient.Row(gradients, 0);
        Span<float> gamma = weights[PoolScale], kernel = weights[ScoreKernel], gammaGradient = target[PoolScale], kernelGradient = target[ScoreKernel];
        for (var i = 0; i < score.Length; i++)
        {
            gammaGradient[i] += score[i] * kernel[i];
            kernelGradient[i] = score[i] * gamma[i];
        }
    }

    public void Dispose()
    {
        Classifier.Dispose();
        _score?.Dispose();
    }

    /// <summary>The normalisations whose results the classifier reads, and the part of its kernel that does: its values, and its first row.</summary>
    private IEnumerable<(string Norm, Range Values, int FirstRow)> Parts()
    {
        var (d, size) = (_config.EmbeddingDimension, _config.EmbeddingDimension * _config.NumberOfClasses);
        if (_config.ReadsTokens)
            yield return (Pool, ..size, 0);
        if (_config.ReadsFinalState)
            yield return _config.ReadsTokens ? (State, size.., d) : (State, ..size, 0);
    }
}
