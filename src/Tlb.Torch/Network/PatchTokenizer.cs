using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Cuts images into patches and makes a token of each by a linear projection (Keras example: <c>PatchEmbedding</c>).</summary>
internal sealed class PatchTokenizer
{
    private readonly TlbConfig _config;
    private readonly Dense _projection;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="config">The network.</param>
    /// <param name="projection">From a patch's values to its token, [N, P*P*3] to [N, D].</param>
    public PatchTokenizer(TlbConfig config, Dense projection)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(projection);
        (_config, _projection) = (config, projection);                       // a convolution whose stride is its size
    }

    /// <summary>Makes tokens of images.</summary>
    /// <param name="images">[B, S, S, 3].</param>
    /// <returns>[B, N, D], left to right, then down.</returns>
    public Tensor Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var (batch, grid, size) = (images.size(0), _config.GridSize, _config.PatchSize);
        var patches = images
            .view(batch, grid, size, grid, size, TlbConfig.Channels)         // [B, G, P, G, P, 3]
            .permute(0, 1, 3, 2, 4, 5)                                       // [B, G, G, P, P, 3]
            .reshape(batch * _config.TokenCount, -1);                        // [B*G*G, P*P*3]
        return _projection.Forward(patches).view(batch, _config.TokenCount, -1); // [B, G*G, D]
    }
}
