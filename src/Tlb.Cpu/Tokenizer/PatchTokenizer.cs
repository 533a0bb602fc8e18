namespace Tlb.Cpu;

/// <summary>Tokens are projections of patches.</summary>
internal sealed unsafe class PatchTokenizer<L, TUse> : ITokenizer
    where L : unmanaged, ILanes<L>
    where TUse : struct, ILaneUse<L>
{
    private readonly TlbConfig _config;
    private readonly Linear _projection;
    private readonly int[] _order;
    private readonly int _tokenStride;
    private readonly int _patchStride;
    private readonly bool _isTrained;
    private readonly WorkMemory _memory = new();
    private readonly float* _patches;                                        // [2 or in training N][P, P, 3]
    private readonly float* _transposed;
    private float* _images;

    /// <summary>Allocates working memory.</summary>
    /// <param name="network">The weights.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="isTrained">Whether to keep what the way back needs.</param>
    public PatchTokenizer(FoldedNetwork network, TileShape shape, bool isTrained)
    {
        (_config, _projection, _order, _isTrained) = (network.Config, network.PatchProjection!, network.Order, isTrained);
        _tokenStride = shape.Stride;
        _patchStride = shape.PatchStride;
        _patches = _memory.Allocate(isTrained ? _config.TokenCount : TileShape.Pair, _patchStride);
        _transposed = isTrained ? _memory.Allocate((long)shape.Tokens * L.Count * _projection.MatrixGradient.Stride) : null;
    }

    public long Floats => _memory.Count;

    public void Start(float* images) => _images = images;

    public void Read(int first, int tokens, int column, int columns, float* x)
    {
        var places = _order.AsSpan(first, tokens);
        for (var c = column; c < column + columns; c += TileShape.Pair, x += TileShape.Pair * _tokenStride)
        {
            var count = Math.Min(TileShape.Pair, column + columns - c);
            var patches = Patches(first + c);
            for (var i = 0; i < count; i++)
                TUse.CopyPatches(_config, _images, places, c + i, patches + i * _patchStride);   // [P, P, 3]
            _projection.Forward<L>(patches, _patchStride, x, _tokenStride, count);               // [2][D]
        }
    }

    public void Backward(int first, int tokens, float* gradient, float* gradients) =>
        WeightGradient.Add<L>(_projection, Patches(first), _patchStride, gradient, _tokenStride, tokens, _transposed, gradients);

    public void Finish(float* gradients)
    {
    }

    public void Dispose() => _memory.Dispose();

    private float* Patches(int token) => _patches + (_isTrained ? (long)token * _patchStride : 0);
}
