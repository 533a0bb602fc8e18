namespace Tlb.Cpu;

/// <summary>The scale and shift of a normalisation, folded into the matrix and bias of a product that follows it.</summary>
internal static class FoldedNorm
{
    /// <summary>Folds: scaled += factor x gamma x kernel, and bias += factor x beta x kernel.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="norm">The name of the normalisation.</param>
    /// <param name="kernel">The rows of the product's kernel that read it, [D, out].</param>
    /// <param name="factor">What the product is multiplied with.</param>
    /// <param name="scaled">The folded kernel, [D, out].</param>
    /// <param name="bias">The folded bias, [out]; empty where a shift makes no difference.</param>
    public static void Fold(NetworkWeights weights, string norm, ReadOnlySpan<float> kernel, float factor, Span<float> scaled, Span<float> bias)
    {
        Span<float> gamma = weights[$"{norm}.gamma"], beta = weights[$"{norm}.beta"];
        var width = kernel.Length / gamma.Length;
        for (var i = 0; i < gamma.Length; i++)
        {
            var row = kernel.Slice(i * width, width);
            SmallMatrix.AddScaled(scaled.Slice(i * width, width), row, factor * gamma[i]);
            if (!bias.IsEmpty)
                SmallMatrix.AddScaled(bias, row, factor * beta[i]);
        }
    }

    /// <summary>Brings the gradients of a folded kernel and bias back to what they were made of.</summary>
    /// <param name="weights">The weights that were folded.</param>
    /// <param name="target">Receives the gradients of the normalisation: added to.</param>
    /// <param name="norm">The name of the normalisation.</param>
    /// <param name="kernel">The rows of the product's kernel that read it, [D, out].</param>
    /// <param name="factor">What the product is multiplied with.</param>
    /// <param name="scaled">The gradient of the folded kernel, whose rows begin at <paramref name="firstRow"/>.</param>
    /// <param name="firstRow">The first of its rows.</param>
    /// <param name="gradients">The gradients of all folded weights.</param>
    /// <param name="bias">The gradient of the folded bias; empty where a shift makes no difference.</param>
    /// <param name="kernelGradient">The gradient of the kernel, [D, out]: added to.</param>
    public static void Unfold(
        NetworkWeights weights, NetworkWeights target, string norm, ReadOnlySpan<float> kernel, float factor,
        GradientBlock scaled, int firstRow, ReadOnlySpan<float> gradients, ReadOnlySpan<float> bias, Span<float> kernelGradient)
    {
        Span<float> gamma = weights[$"{norm}.gamma"], beta = weights[$"{norm}.beta"];
        Span<float> gammaGradient = target[$"{norm}.gamma"], betaGradient = target[$"{norm}.beta"];
        var width = kernel.Length / gamma.Length;
        for (var i = 0; i < gamma.Length; i++)
        {
            ReadOnlySpan<float> row = kernel.Slice(i * width, width), gradient = scaled.Row(gradients, firstRow + i);
            var rowGradient = kernelGradient.Slice(i * width, width);
            gammaGradient[i] += factor * SmallMatrix.Dot(gradient, row);
            SmallMatrix.AddScaled(rowGradient, gradient, factor * gamma[i]);
            if (bias.IsEmpty)
                continue;
            betaGradient[i] += factor * SmallMatrix.Dot(bias, row);
            SmallMatrix.AddScaled(rowGradient, bias, factor * beta[i]);
        }
    }
}
