namespace Tlb.Cpu;

/// <summary>A feed-forward layer's weights, with the scale and shift of its normalisation folded into the first kernel.</summary>
internal sealed unsafe class FoldedFeedForward : IFoldedLayer
{
    private readonly string _name;

    public FoldedFeedForward(TlbConfig config, string name, GradientLayout? gradients)
    {
        var (d, wide) = (config.EmbeddingDimension, config.FeedForwardExpansion * config.EmbeddingDimension);
        _name = name;
        Widen = new(d, wide, gradients);
        Narrow = new(wide, d, gradients);
    }

    /// <summary>From a normalised token to the hidden features.</summary>
    public Linear Widen { get; }

    /// <summary>And back to the token's change.</summary>
    public Linear Narrow { get; }

    public void Fold(NetworkWeights weights)
    {
        Span<float> kernel = weights[$"{_name}.dense1.kernel"];
        using Scratch scaled = new(kernel.Length), bias = new(Widen.Outputs);
        weights[$"{_name}.dense1.bias"].CopyTo(bias);
        FoldedNorm.Fold(weights, $"{_name}.ln", kernel, factor: 1, scaled, bias);
        Widen.Set(scaled, bias);
        Narrow.Set(weights[$"{_name}.dense2.kernel"], weights[$"{_name}.dense2.bias"]);
    }

    public void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        var bias = Widen.BiasGradient.Row(gradients, 0);
        FoldedNorm.Unfold(
            weights, target, $"{_name}.ln", weights[$"{_name}.dense1.kernel"], factor: 1, Widen.MatrixGradient, 0, gradients, bias, target[$"{_name}.dense1.kernel"]);
        bias.CopyTo(target[$"{_name}.dense1.bias"]);
        Narrow.MatrixGradient.CopyTo(gradients, target[$"{_name}.dense2.kernel"]);
        Narrow.BiasGradient.CopyTo(gradients, target[$"{_name}.dense2.bias"]);
    }

    /// <summary>y = W2 GELU(W1 normed + b1) + b2, or y += that.</summary>
    /// <param name="normed">The input, normalised, [columns][D][lanes].</param>
    /// <param name="stride">The floats from one column of it and of y to the next.</param>
    /// <param name="wide">Receives what goes into the GELU, [columns][hidden][lanes].</param>
    /// <param name="activated">Receives what comes out of it, laid out as wide; may be <paramref name="wide"/>.</param>
    /// <param name="wideStride">The floats from one column of both to the next.</param>
    /// <param name="y">[columns][D][lanes].</param>
    /// <param name="columns">The columns.</param>
    /// <param name="add">Whether to add to y.</param>
    public void Forward<L>(float* normed, int stride, float* wide, float* activated, int wideStride, float* y, int columns, bool add)
        where L : unmanaged, ILanes<L>
    {
        Widen.Forward<L>(normed, stride, wide, wideStride, columns);         // [columns][hidden]
        Gelu.Forward<L>(wide, activated, columns * wideStride / L.Count);
        Narrow.Forward<L>(activated, wideStride, y, stride, columns, add);   // [columns][D]
    }

    public void Dispose()
    {
        Widen.Dispose();
        Narrow.Dispose();
    }
}
