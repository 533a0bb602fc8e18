namespace Tlb.Cpu;

/// <summary>A feed-forward layer's weights, with the scale and shift of its normalisation folded into the first kernel.</summary>
internal sealed unsafe class FoldedFeedForward : IDisposable
{
    private readonly string _name;

    public FoldedFeedForward(TlbConfig config, string name, GradientLayout? gradients)
    {
        var (d, wide) = (config.EmbeddingDimension, config.FeedForwardExpansion * config.EmbeddingDimension);
        _name = name;
        Widen = new(d, wide, gradients);
        Narrow = new(wide, d, gradients);
    }

    /// <summary>From a normalised token to four times as many features.</summary>
    public Linear Widen { get; }

    /// <summary>And back to the token's change.</summary>
    public Linear Narrow { get; }

    /// <summary>Folds new weights.</summary>
    public void Fold(NetworkWeights weights)
    {
        var wide = Widen.Outputs;
        Span<float> kernel = weights[$"{_name}.dense1.kernel"], gamma = weights[$"{_name}.ln.gamma"], beta = weights[$"{_name}.ln.beta"];
        var scaled = new float[kernel.Length];
        var bias = weights[$"{_name}.dense1.bias"].ToArray();
        for (var i = 0; i < gamma.Length; i++)
        {
            var row = kernel.Slice(i * wide, wide);
            SmallMatrix.AddScaled(scaled.AsSpan(i * wide, wide), row, gamma[i]);
            SmallMatrix.AddScaled(bias, row, beta[i]);
        }
        Widen.Set(scaled, bias);
        Narrow.Set(weights[$"{_name}.dense2.kernel"], weights[$"{_name}.dense2.bias"]);
    }

    /// <summary>Brings gradients of the folded weights back to the weights they were made of.</summary>
    /// <param name="weights">The weights that were folded.</param>
    /// <param name="gradients">The gradients of the folded weights.</param>
    /// <param name="target">Receives the gradients of the weights.</param>
    public void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        var wide = Widen.Outputs;
        var bias = Widen.BiasGradient.Row(gradients, 0);
        Span<float> kernel = weights[$"{_name}.dense1.kernel"], gamma = weights[$"{_name}.ln.gamma"], beta = weights[$"{_name}.ln.beta"];
        Span<float> kernelGradient = target[$"{_name}.dense1.kernel"], gammaGradient = target[$"{_name}.ln.gamma"], betaGradient = target[$"{_name}.ln.beta"];
        for (var i = 0; i < gamma.Length; i++)
        {
            ReadOnlySpan<float> row = kernel.Slice(i * wide, wide), gradient = Widen.MatrixGradient.Row(gradients, i);
            gammaGradient[i] = SmallMatrix.Dot(gradient, row);
            betaGradient[i] = SmallMatrix.Dot(bias, row);
            var rowGradient = kernelGradient.Slice(i * wide, wide);
            rowGradient.Clear();
            SmallMatrix.AddScaled(rowGradient, gradient, gamma[i]);
            SmallMatrix.AddScaled(rowGradient, bias, beta[i]);
        }
        bias.CopyTo(target[$"{_name}.dense1.bias"]);
        Span<float> narrow = target[$"{_name}.dense2.kernel"];
        for (var i = 0; i < Narrow.Inputs; i++)
            Narrow.MatrixGradient.Row(gradients, i).CopyTo(narrow[(i * Narrow.Outputs)..]);
        Narrow.BiasGradient.Row(gradients, 0).CopyTo(target[$"{_name}.dense2.bias"]);
    }

    /// <summary>y = W2 GELU(W1 normed + b1) + b2, or y += that.</summary>
    /// <param name="normed">The input, normalised, [columns][D][lanes].</param>
    /// <param name="stride">The floats from one column of it and of y to the next.</param>
    /// <param name="wide">Receives what goes into the GELU, [columns][4 D][lanes].</param>
    /// <param name="activated">Receives what comes out of it, laid out as wide; may be <paramref name="wide"/>.</param>
    /// <param name="wideStride">The floats from one column of both to the next.</param>
    /// <param name="y">[columns][D][lanes].</param>
    /// <param name="columns">The columns.</param>
    /// <param name="add">Whether to add to y.</param>
    public void Forward<L>(float* normed, int stride, float* wide, float* activated, int wideStride, float* y, int columns, bool add)
        where L : unmanaged, ILanes<L>
    {
        Widen.Forward<L>(normed, stride, wide, wideStride, columns);         // [columns][4 D]
        Gelu.Forward<L>(wide, activated, columns * wideStride / L.Count);
        Narrow.Forward<L>(activated, wideStride, y, stride, columns, add);   // [columns][D]
    }

    public void Dispose()
    {
        Widen.Dispose();
        Narrow.Dispose();
    }
}
