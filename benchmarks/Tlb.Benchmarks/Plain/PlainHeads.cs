using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>The paper's attention of some tokens to some context, with a residual: heads share a token's width, projections have no bias.</summary>
internal sealed class PlainHeads : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int _heads;
    private readonly double _drop;

    [ComponentName(Name = "ln")]
    private readonly LayerNorm? _norm;

    [ComponentName(Name = "q_ln")]
    private readonly LayerNorm? _queryNorm;

    [ComponentName(Name = "kv_ln")]
    private readonly LayerNorm? _contextNorm;

    [ComponentName(Name = "query")]
    private readonly Linear _query;

    [ComponentName(Name = "key")]
    private readonly Linear _key;

    [ComponentName(Name = "value")]
    private readonly Linear _value;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    public PlainHeads(TlbConfig config, bool isSelf) : base(nameof(PlainHeads))
    {
        var dimension = config.EmbeddingDimension;
        (_heads, _drop) = (config.NumberOfHeads, config.AttentionDropout);
        _norm = isSelf ? nn.LayerNorm(dimension, TlbConfig.LayerNormEpsilon) : null;
        _queryNorm = isSelf ? null : nn.LayerNorm(dimension, TlbConfig.LayerNormEpsilon);
        _contextNorm = isSelf ? null : nn.LayerNorm(dimension, TlbConfig.LayerNormEpsilon);
        _query = nn.Linear(dimension, dimension, hasBias: false);
        _key = nn.Linear(dimension, dimension, hasBias: false);
        _value = nn.Linear(dimension, dimension, hasBias: false);
        _output = nn.Linear(dimension, dimension, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="tokens">The tokens that ask, [B, T, D].</param>
    /// <param name="context">The tokens that answer, [B, S, D]: in self-attention the same.</param>
    /// <returns>The asking tokens plus what they read, [B, T, D].</returns>
    public override Tensor forward(Tensor tokens, Tensor context)
    {
        var asking = (_norm ?? _queryNorm)!.call(tokens);                    // [B, T, D]
        var answering = _contextNorm?.call(context) ?? asking;               // [B, S, D]
        var read = nn.functional.scaled_dot_product_attention(
            Heads(_query.call(asking)), Heads(_key.call(answering)), Heads(_value.call(answering)), p: training ? _drop : 0); // [B, H, T, W]
        return tokens + _output.call(read.transpose(1, 2).reshape(tokens.shape)); // [B, T, D]
    }

    /// <summary>[B, T, D] to [B, H, T, W].</summary>
    private Tensor Heads(Tensor x) => x.view(x.size(0), x.size(1), _heads, -1).transpose(1, 2);
}
