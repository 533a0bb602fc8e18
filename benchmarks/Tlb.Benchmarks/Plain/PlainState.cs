using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>The state of the paper's form: how it starts, and its mean in the end.</summary>
internal sealed class PlainState : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "start")]
    private readonly Parameter _start;

    [ComponentName(Name = "ln")]
    private readonly LayerNorm _norm;

    public PlainState(TlbConfig config) : base(nameof(PlainState))
    {
        _start = nn.Parameter(zeros(config.NumberOfStates, config.EmbeddingDimension));
        _norm = nn.LayerNorm(config.EmbeddingDimension, TlbConfig.LayerNormEpsilon);
        RegisterComponents();
    }

    /// <summary>The state before the first chunk, [B, V, D].</summary>
    public Tensor Start(long batch) => _start.unsqueeze(0).expand(batch, -1, -1);

    /// <summary>The state after the last chunk, [B, V, D], to [B, D].</summary>
    public override Tensor forward(Tensor state) => _norm.call(state).mean([1]);
}
