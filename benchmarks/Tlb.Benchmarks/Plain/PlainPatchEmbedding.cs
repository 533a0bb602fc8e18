using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>Makes tokens of images: patches, projected, with learned positions, normalised, in chunks.</summary>
internal sealed class PlainPatchEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly TlbConfig _config;

    [ComponentName(Name = "projection")]
    private readonly Linear _projection;

    [ComponentName(Name = "position_embedding")]
    private readonly Parameter _positions;

    [ComponentName(Name = "ln")]
    private readonly LayerNorm _norm;

    public PlainPatchEmbedding(TlbConfig config) : base(nameof(PlainPatchEmbedding))
    {
        _config = config;
        _projection = nn.Linear(config.PatchSize * config.PatchSize * TlbConfig.Channels, config.EmbeddingDimension);
        _positions = nn.Parameter(zeros(config.TokenCount, config.EmbeddingDimension));
        _norm = nn.LayerNorm(config.EmbeddingDimension, TlbConfig.LayerNormEpsilon);
        RegisterComponents();
    }

    /// <summary>[B, S, S, 3] to [B, C, K, D].</summary>
    public override Tensor forward(Tensor images)
    {
        int grid = _config.GridSize, patch = _config.PatchSize;
        var patches = images.view(-1, grid, patch, grid, patch, TlbConfig.Channels)
            .permute(0, 1, 3, 2, 4, 5)                                       // [B, grid, grid, patch, patch, 3]
            .reshape(-1, _config.TokenCount, patch * patch * TlbConfig.Channels); // [B, tokens, patch*patch*3]
        return _norm.call(_projection.call(patches) + _positions)            // [B, tokens, D]
            .view(-1, _config.ChunkCount, _config.ChunkSize, _config.EmbeddingDimension); // [B, C, K, D]
    }
}
