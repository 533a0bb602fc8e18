using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Cuts images into patches and makes a token of each: a linear projection, a learned position, a normalisation (Keras example: <c>PatchEmbedding</c>).</summary>
internal sealed class PatchEmbedding
{
    private readonly Dense _projection;
    private readonly Tensor _positions;
    private readonly LayerNorm _norm;
    private readonly TlbConfig _config;
    private readonly ScalarType _computeType;

    /// <summary>Takes the weights under <c>patch</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    public PatchEmbedding(TlbConfig config, FoldedWeights weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (_config, _computeType) = (config, weights.ComputeType);
        (_projection, _positions) = (weights.PatchProjection, weights.Positions); // a convolution whose stride is its size
        _norm = new(config, weights.PatchNormScale, weights.PatchNormShift);
    }

    /// <summary>Embeds images.</summary>
    /// <param name="images">[B, S, S, 3].</param>
    /// <returns>The tokens of each chunk, [B, C, K, D], in the order of reading: left to right, then down.</returns>
    public Tensor Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var (batch, grid, size) = (images.shape[0], _config.GridSize, _config.PatchSize);
        var patches = images.to(_computeType)
            .view(batch, grid, size, grid, size, TlbConfig.Channels)         // [B, G, P, G, P, 3]
            .permute(0, 1, 3, 2, 4, 5)                                       // [B, G, G, P, P, 3]
            .reshape(batch * _config.TokenCount, -1);                        // [B*G*G, P*P*3]
        var tokens = _projection.Forward(patches).view(batch, _config.TokenCount, -1); // [B, G*G, D]
        return _norm.Forward(tokens.add(_positions, Scalars.One)).view(batch, _config.ChunkCount, _config.ChunkSize, -1); // [B, C, K, D]
    }
}
