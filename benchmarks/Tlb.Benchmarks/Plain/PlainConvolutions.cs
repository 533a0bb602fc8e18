using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>Makes tokens of images: convolutions, ReLU, max-pooling.</summary>
internal sealed class PlainConvolutions : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d[] _layers;
    private readonly ReLU _relu = nn.ReLU();
    private readonly MaxPool2d _pool;
    private readonly TlbConfig _config;

    public PlainConvolutions(TlbConfig config) : base(nameof(PlainConvolutions))
    {
        _config = config;
        _layers = [.. Enumerable.Range(0, config.ConvolutionCount).Select(i =>
            nn.Conv2d(config.ConvolutionInputs(i), config.ConvolutionInputs(i + 1), config.ConvolutionKernel, padding: config.ConvolutionKernel / 2))];
        _pool = nn.MaxPool2d(config.ConvolutionPooling, stride: 2, padding: (config.ConvolutionPooling - 1) / 2, ceil_mode: config.ConvolutionPooling == 2);
        foreach (var (i, layer) in _layers.Index())
            register_module($"{i}", layer);
    }

    /// <summary>[B, S, S, 3] to [B, N, D].</summary>
    public override Tensor forward(Tensor images)
    {
        var x = images.permute(0, 3, 1, 2);                                  // [B, 3, S, S]
        foreach (var (i, layer) in _layers.Index())
        {
            x = _relu.call(layer.call(x));                                   // [B, channels, n, n]
            if (_config.ConvolutionPools(i))
                x = _pool.call(x);                                           // [B, channels, (n+1)/2, (n+1)/2]
        }
        return x.flatten(2).transpose(1, 2);                                 // [B, N, D]
    }
}
