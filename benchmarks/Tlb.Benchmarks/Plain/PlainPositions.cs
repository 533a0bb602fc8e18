using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>Adds what tells the tokens' places apart, which is learned.</summary>
internal sealed class PlainPositions : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "position_embedding")]
    private readonly Parameter _positions;

    public PlainPositions(TlbConfig config) : base(nameof(PlainPositions))
    {
        _positions = nn.Parameter(zeros(config.TokenCount, config.EmbeddingDimension));
        RegisterComponents();
    }

    /// <summary>[B, N, D] to [B, N, D].</summary>
    public override Tensor forward(Tensor tokens) => tokens + _positions;
}
