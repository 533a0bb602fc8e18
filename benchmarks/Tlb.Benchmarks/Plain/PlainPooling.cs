using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>Sequence pooling: a mean of all tokens, weighted by a score of each.</summary>
internal sealed class PlainPooling : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "ln")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "score")]
    private readonly Linear _score;

    public PlainPooling(TlbConfig config) : base(nameof(PlainPooling))
    {
        _norm = nn.LayerNorm(config.EmbeddingDimension, TlbConfig.LayerNormEpsilon);
        _score = nn.Linear(config.EmbeddingDimension, 1, hasBias: false);
        RegisterComponents();
    }

    /// <summary>[B, N, D] to [B, D].</summary>
    public override Tensor forward(Tensor tokens)
    {
        var normed = _norm.call(tokens);                                     // [B, N, D]
        var shares = _score.call(normed).softmax(1);                         // [B, N, 1]
        return matmul(shares.transpose(1, 2), normed).squeeze(1);            // [B, D]
    }
}
