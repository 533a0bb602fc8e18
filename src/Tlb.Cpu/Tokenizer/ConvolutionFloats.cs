namespace Tlb.Cpu;

/// <summary>The floats that the layers of convolutions take for a tile, known before any of them is taken.</summary>
internal static class ConvolutionFloats
{
    /// <summary>Those of <see cref="ConvolutionForward{TKernel}"/>.</summary>
    /// <param name="config">The network, whose tokenizer is convolutions.</param>
    /// <param name="images">The images that go through it together.</param>
    /// <param name="keepWinners">Whether it keeps what the backward pass needs.</param>
    public static long Forward(TlbConfig config, int images, bool keepWinners)
    {
        long floats = 0, widest = 0, tokens = 0, winograd = 0;
        foreach (var shape in Layers(config))
        {
            tokens = checked(shape.PooledFeatures * images);
            floats = checked(floats + (shape.Image + (long)ConvolutionShape.Slack) * images + (keepWinners ? tokens : 0));
            winograd = Math.Max(winograd, Winograd.Floats(shape, images));
            widest = Math.Max(widest, checked(shape.Size * (long)shape.PaddedOutputs * images));
        }
        return checked(floats + ConvolutionShape.Looks * widest + tokens + winograd);
    }

    /// <summary>Those of <see cref="OneImageTokenizer{L}"/>.</summary>
    /// <param name="config">The network, whose tokenizer is convolutions.</param>
    /// <param name="lanes">The lanes.</param>
    public static long OneImage(TlbConfig config, int lanes)
    {
        long columns = (config.TokenCount + lanes - 1) / lanes;
        return checked(Forward(config, 1, keepWinners: false) + columns * lanes * PackedMatrix.Pad(config.EmbeddingDimension));
    }

    /// <summary>Those of <see cref="ConvolutionBackward{L}"/>.</summary>
    /// <param name="config">The network, whose tokenizer is convolutions.</param>
    /// <param name="lanes">The lanes.</param>
    public static unsafe long Backward(TlbConfig config, int lanes)
    {
        long image = 0, winners = 0, gradients = 0, most = 0;
        foreach (var shape in Layers(config))
        {
            image = Math.Max(image, ConvolutionShape.FillUp(shape.Image));
            winners = Math.Max(winners, ConvolutionShape.FillUp(shape.PooledFeatures));
            gradients = Math.Max(gradients, shape.BandGradients);
            most = Math.Max(most, shape.Outputs);
        }
        var images = Math.Min(3, config.ConvolutionCount);                   // what a layer read, its gradient, and that of the layer before it
        return checked(lanes * (images * image + 2 * winners) + gradients * sizeof(PooledGradient) / sizeof(float) + most);
    }

    private static IEnumerable<ConvolutionShape> Layers(TlbConfig config) =>
        Enumerable.Range(0, config.ConvolutionCount).Select(layer => new ConvolutionShape(config, layer));
}
