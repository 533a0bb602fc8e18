using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Makes tokens of images by convolutions, each with a max-pooling that halves the sides, where it has one, and a ReLU (Compact Convolutional Transformer).</summary>
/// <remarks>
/// A ReLU of the largest of some numbers is the largest of their ReLUs, with the same gradients, of a quarter as many numbers: so it comes
/// last. Images lie in memory with their channels last, and what libtorch makes of them does too.
/// </remarks>
internal sealed class ConvolutionalTokenizer
{
    private const int Stride = 2;

    private readonly ((Tensor Kernel, Tensor Bias) Weights, bool IsPooled)[] _layers;
    private readonly int _tokens;
    private readonly long[] _padding;
    private readonly int _pooling;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="config">The network.</param>
    /// <param name="layers">The kernel, [k, k, in, out], and the bias, [out], of each layer.</param>
    public ConvolutionalTokenizer(TlbConfig config, IEnumerable<(Tensor Kernel, Tensor Bias)> layers)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(layers);
        var weights = layers.ToList();
        _layers = [.. weights.Select((layer, i) => (ChannelsLast(layer.Kernel, layer.Bias, isLast: i == weights.Count - 1), config.ConvolutionPools(i)))];
        _tokens = config.TokenCount;
        _padding = [config.ConvolutionKernel / 2, config.ConvolutionKernel / 2]; // black, so that the size stays
        _pooling = config.ConvolutionPooling;
    }

    /// <summary>Makes tokens of images.</summary>
    /// <param name="images">[B, S, S, 3].</param>
    /// <returns>[B, N, D], left to right, then down.</returns>
    public Tensor Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var batch = images.size(0);
        var x = images.permute(0, 3, 1, 2);                                  // [B, 3, S, S]
        foreach (var ((kernel, bias), isPooled) in _layers)
        {
            var convolved = nn.functional.conv2d(x, kernel, bias, padding: _padding); // [B, channels, n, n]
            // Windows of 3 begin one before, those of 2 may hang over at the end: either way (n + 1) / 2 of them.
            x = isPooled
                ? nn.functional.max_pool2d(convolved, _pooling, Stride, padding: (_pooling - 1) / 2, ceil_mode: _pooling == Stride).relu() // [B, channels, (n+1)/2, (n+1)/2]
                : convolved.relu();                                          // [B, channels, n, n]
        }
        return x.permute(0, 2, 3, 1).reshape(batch, _tokens, -1);            // [B, G, G, D] to [B, G*G, D]
    }

    /// <summary>
    /// A kernel as torch has it, with the channels last in memory, which makes torch read and write images so too: in the other order, and for
    /// a single channel, oneDNN's gradients by the images can be wrong (libtorch 2.10 with AVX-512). So a single channel gets one of zeros beside it.
    /// </summary>
    /// <remarks>The flat shape in between gives axes of length 1 the strides of that order, which torch's own kernels ask for.</remarks>
    private static (Tensor Kernel, Tensor Bias) ChannelsLast(Tensor kernel, Tensor bias, bool isLast)
    {
        long side = kernel.size(0), inputs = Math.Max(2, kernel.size(2)), outputs = isLast ? kernel.size(3) : Math.Max(2, kernel.size(3));
        if ((inputs, outputs) != (kernel.size(2), kernel.size(3)))
        {
            kernel = nn.functional.pad(kernel, [0, outputs - kernel.size(3), 0, inputs - kernel.size(2)]); // [k, k, in, out]
            bias = nn.functional.pad(bias, [0, outputs - bias.size(0)]);     // [out]
        }
        kernel = kernel.permute(3, 0, 1, 2)                                  // [out, k, k, in]
            .reshape(outputs, -1)                                            // [out, k*k*in]
            .view(outputs, side, side, inputs)                               // [out, k, k, in]
            .permute(0, 3, 1, 2);                                            // [out, in, k, k]
        return (kernel, bias);
    }
}
