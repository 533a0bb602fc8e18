using Tlb.Core;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>A block of the fast stream: attention to itself and, in some blocks, to the state, with one feed-forward layer.</summary>
internal sealed class PlainBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "fast")]
    private readonly PlainAttention _fast;

    [ComponentName(Name = "slow")]
    private readonly PlainAttention? _slow;

    [ComponentName(Name = "ffn")]
    private readonly PlainFeedForward _feedForward;

    public PlainBlock(TlbConfig config, bool readsState) : base(nameof(PlainBlock))
    {
        _fast = new(config);
        _slow = readsState ? new(config) : null;
        _feedForward = new(config);
        RegisterComponents();
    }

    /// <summary>Takes the fast stream on by a block.</summary>
    /// <param name="fast">The tokens of a chunk, [B, K, D].</param>
    /// <param name="state">The state, [B, K, D].</param>
    /// <returns>[B, K, D].</returns>
    public override Tensor forward(Tensor fast, Tensor state)
    {
        using var scope = NewDisposeScope();
        var x = _feedForward.call(_fast.call(fast, fast));                   // [B, K, D]
        if (_slow is not null)
            x = _feedForward.call(_slow.call(x, state));                     // [B, K, D]
        return x.MoveToOuterDisposeScope();
    }
}
