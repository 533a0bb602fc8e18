using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Multi-head attention of some tokens to some context, with a residual (the Keras example's <c>BaseAttention</c>).</summary>
/// <remarks>Queries, keys and values have a normalisation each. Every head is as wide as a token.</remarks>
public sealed class Attention
{
    private readonly LayerNorm _queryNorm;
    private readonly LayerNorm _keyNorm;
    private readonly LayerNorm _valueNorm;
    private readonly Dense _query;
    private readonly Dense _key;
    private readonly Dense _value;
    private readonly Dense _output;
    private readonly Dropout? _dropout;
    private readonly int _heads;
    private readonly int _dimension;
    private readonly Scalar _scale;

    /// <summary>Takes the weights <c>{name}.q_ln.gamma</c> to <c>{name}.output.bias</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dropout">What drops attention probabilities, in training; else null.</param>
    public Attention(TlbConfig config, WeightTensors weights, string name, Dropout? dropout)
    {
        ArgumentNullException.ThrowIfNull(config);
        (_heads, _dimension) = (config.NumberOfHeads, config.EmbeddingDimension);
        _queryNorm = new(weights, $"{name}.q_ln");
        _keyNorm = new(weights, $"{name}.k_ln");
        _valueNorm = new(weights, $"{name}.v_ln");
        _query = new(weights, $"{name}.query", _dimension);
        _key = new(weights, $"{name}.key", _dimension);
        _value = new(weights, $"{name}.value", _dimension);
        _output = new(weights, $"{name}.output", _heads * _dimension);
        _dropout = dropout;
        _scale = 1 / MathF.Sqrt(_dimension);
    }

    /// <summary>Attends.</summary>
    /// <param name="query">The tokens that ask, [B, T, D].</param>
    /// <param name="context">The tokens that answer, [B, S, D].</param>
    /// <returns>The asking tokens plus what they read, [B, T, D], and the attention probabilities, [B, H, T, S].</returns>
    public (Tensor Output, Tensor Scores) Forward(Tensor query, Tensor context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(context);
        var (batch, tokens) = (query.shape[0], query.shape[1]);
        var q = Heads(_query, _queryNorm, query).mul(_scale);                // [B, H, T, D]
        var k = Heads(_key, _keyNorm, context);                              // [B, H, S, D]
        var v = Heads(_value, _valueNorm, context);                          // [B, H, S, D]
        var scores = q.matmul(k.transpose(2, 3)).softmax(3);                 // [B, H, T, S]
        var read = (_dropout?.Forward(scores) ?? scores).matmul(v);          // [B, H, T, D]
        var joined = read.transpose(1, 2).reshape(batch * tokens, _heads * _dimension); // [B*T, H*D]
        return (query.add(_output.Forward(joined).view(batch, tokens, _dimension)), scores);
    }

    private Tensor Heads(Dense projection, LayerNorm norm, Tensor x) => projection
        .Forward(norm.Forward(x).view(-1, _dimension))                       // [B*T, H*D]
        .view(x.shape[0], x.shape[1], _heads, _dimension)                    // [B, T, H, D]
        .transpose(1, 2);                                                    // [B, H, T, D]
}
