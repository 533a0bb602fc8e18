using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>The feed-forward layer of a block, with a residual.</summary>
internal sealed class PlainFeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "ln")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "dense1")]
    private readonly Linear _widen;

    [ComponentName(Name = "gelu")]
    private readonly GELU _gelu = nn.GELU();

    [ComponentName(Name = "dense2")]
    private readonly Linear _narrow;

    [ComponentName(Name = "dropout")]
    private readonly Dropout _dropout;

    public PlainFeedForward(TlbConfig config) : base(nameof(PlainFeedForward))
    {
        int dimension = config.EmbeddingDimension, hidden = config.FeedForwardExpansion * dimension;
        _norm = nn.LayerNorm(dimension, TlbConfig.LayerNormEpsilon);
        _widen = nn.Linear(dimension, hidden);
        _narrow = nn.Linear(hidden, dimension);
        _dropout = nn.Dropout(config.FeedForwardDropout);
        RegisterComponents();
    }

    /// <summary>[B, T, D] to [B, T, D].</summary>
    public override Tensor forward(Tensor x)
    {
        var hidden = _gelu.call(_widen.call(_norm.call(x)));                 // [B, T, 4*D]
        return x + _dropout.call(_narrow.call(hidden));                      // [B, T, D]
    }
}
