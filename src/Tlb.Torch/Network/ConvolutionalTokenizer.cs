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

    private readonly (Tensor Kernel, Tensor Bias, bool IsPooled)[] _layers;
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
        _layers = [.. layers.Select((layer, i) => (layer.Kernel.permute(3, 2, 0, 1), layer.Bias, config.ConvolutionPools(i)))]; // [out, in, k, k], as torch has it
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
        foreach (var (kernel, bias, isPooled) in _layers)
        {
            var convolved = nn.functional.conv2d(x, kernel, bias, padding: _padding); // [B, channels, n, n]
            // Windows of 3 begin one before, those of 2 may hang over at the end: either way (n + 1) / 2 of them.
            x = isPooled
                ? nn.functional.max_pool2d(convolved, _pooling, Stride, padding: (_pooling - 1) / 2, ceil_mode: _pooling == Stride).relu() // [B, channels, (n+1)/2, (n+1)/2]
                : convolved.relu();                                          // [B, channels, n, n]
        }
        return x.permute(0, 2, 3, 1).reshape(batch, _tokens, -1);            // [B, G, G, D] to [B, G*G, D]
    }
}
