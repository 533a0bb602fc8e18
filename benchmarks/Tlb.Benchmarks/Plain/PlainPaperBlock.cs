using Tlb.Core;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>A block of the paper's form: attention to itself or to the other stream, then a feed-forward layer.</summary>
internal sealed class PlainPaperBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "self")]
    private readonly PlainHeads? _self;

    [ComponentName(Name = "cross")]
    private readonly PlainHeads? _cross;

    [ComponentName(Name = "ffn")]
    private readonly PlainFeedForward _feedForward;

    public PlainPaperBlock(TlbConfig config, bool isSelf) : base(nameof(PlainPaperBlock))
    {
        _self = isSelf ? new(config, isSelf) : null;
        _cross = isSelf ? null : new(config, isSelf);
        _feedForward = new(config);
        RegisterComponents();
    }

    /// <summary>Takes a stream on by a block.</summary>
    /// <param name="tokens">The stream, [B, T, D].</param>
    /// <param name="other">The other stream, [B, S, D].</param>
    /// <returns>[B, T, D].</returns>
    public override Tensor forward(Tensor tokens, Tensor other)
    {
        using var scope = NewDisposeScope();
        var attended = _self?.call(tokens, tokens) ?? _cross!.call(tokens, other); // [B, T, D]
        return _feedForward.call(attended).MoveToOuterDisposeScope();
    }
}
