using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Makes tokens of images, puts them in the order of reading, and tells their places apart.</summary>
internal sealed class Tokenizer
{
    private readonly PatchTokenizer? _patches;
    private readonly ConvolutionalTokenizer? _convolutions;
    private readonly Tensor? _order;
    private readonly Tensor _positions;
    private readonly LayerNorm? _norm;
    private readonly ScalarType _computeType;

    /// <summary>Takes the weights under <c>tokenizer</c> and <c>patch</c>.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    public Tokenizer(TlbConfig config, FoldedWeights weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (_computeType, _order, _positions) = (weights.ComputeType, weights.Order, weights.Positions);
        _patches = weights.PatchProjection is { } projection ? new(config, projection) : null;
        _convolutions = weights.Convolutions.Count > 0 ? new(config, weights.Convolutions) : null;
        _norm = weights.TokenNorm is { } norm ? new(config, norm.Scale, norm.Shift) : null;
    }

    /// <summary>Makes tokens of images.</summary>
    /// <param name="images">[B, S, S, 3].</param>
    /// <returns>[B, N, D], in the order of reading.</returns>
    public Tensor Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var values = images.to(_computeType);
        var tokens = _patches?.Forward(values) ?? _convolutions!.Forward(values); // [B, N, D], as they lie in the image
        if (_order is not null)
            tokens = tokens.index_select(1, _order);                         // [B, N, D]
        tokens = tokens.add(_positions, Scalars.One);                        // [B, N, D]
        return _norm?.Forward(tokens) ?? tokens;
    }
}
