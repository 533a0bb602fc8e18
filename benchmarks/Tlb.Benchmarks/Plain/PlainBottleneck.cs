using Tlb.Core;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>The slow stream's update: the state attends to what the fast stream made of a chunk.</summary>
internal sealed class PlainBottleneck : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "fast")]
    private readonly PlainAttention _attention;

    [ComponentName(Name = "ffn")]
    private readonly PlainFeedForward _feedForward;

    public PlainBottleneck(TlbConfig config) : base(nameof(PlainBottleneck))
    {
        _attention = new(config);
        _feedForward = new(config);
        RegisterComponents();
    }

    /// <summary>Updates the state.</summary>
    /// <param name="state">The state, [B, K, D].</param>
    /// <param name="fast">The fast stream after its blocks, [B, K, D].</param>
    /// <returns>The new state, [B, K, D].</returns>
    public override Tensor forward(Tensor state, Tensor fast)
    {
        using var scope = NewDisposeScope();
        return _feedForward.call(_attention.call(state, fast)).MoveToOuterDisposeScope();
    }
}
