using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>Attention of some tokens to some context, with a residual. Query, key and value have a normalisation each.</summary>
internal sealed class PlainAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int _heads;
    private readonly int _dimension;

    [ComponentName(Name = "q_ln")]
    private readonly LayerNorm _queryNorm;

    [ComponentName(Name = "k_ln")]
    private readonly LayerNorm _keyNorm;

    [ComponentName(Name = "v_ln")]
    private readonly LayerNorm _valueNorm;

    [ComponentName(Name = "query")]
    private readonly Linear _query;

    [ComponentName(Name = "key")]
    private readonly Linear _key;

    [ComponentName(Name = "value")]
    private readonly Linear _value;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    [ComponentName(Name = "dropout")]
    private readonly Dropout _dropout;

    public PlainAttention(TlbConfig config) : base(nameof(PlainAttention))
    {
        (_heads, _dimension) = (config.NumberOfHeads, config.EmbeddingDimension);
        _queryNorm = nn.LayerNorm(_dimension, TlbConfig.LayerNormEpsilon);
        _keyNorm = nn.LayerNorm(_dimension, TlbConfig.LayerNormEpsilon);
        _valueNorm = nn.LayerNorm(_dimension, TlbConfig.LayerNormEpsilon);
        _query = nn.Linear(_dimension, _heads * _dimension);
        _key = nn.Linear(_dimension, _heads * _dimension);
        _value = nn.Linear(_dimension, _heads * _dimension);
        _output = nn.Linear(_heads * _dimension, _dimension);
        _dropout = nn.Dropout(config.AttentionDropout);
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="tokens">The tokens that ask, [B, T, D].</param>
    /// <param name="context">The tokens that answer, [B, S, D].</param>
    /// <returns>The asking tokens plus what they read, [B, T, D].</returns>
    public override Tensor forward(Tensor tokens, Tensor context)
    {
        var query = Heads(_query.call(_queryNorm.call(tokens))) / Math.Sqrt(_dimension); // [B, H, T, D]
        var key = Heads(_key.call(_keyNorm.call(context)));                  // [B, H, S, D]
        var value = Heads(_value.call(_valueNorm.call(context)));            // [B, H, S, D]
        var scores = matmul(query, key.transpose(2, 3)).softmax(-1);         // [B, H, T, S]
        var read = matmul(_dropout.call(scores), value)                      // [B, H, T, D]
            .transpose(1, 2).reshape(tokens.size(0), -1, _heads * _dimension); // [B, T, H*D]
        return tokens + _output.call(read);                                  // [B, T, D]
    }

    /// <summary>[B, T, H*D] to [B, H, T, D].</summary>
    private Tensor Heads(Tensor x) => x.view(x.size(0), -1, _heads, _dimension).transpose(1, 2);
}
