namespace Tlb.Cpu;

/// <summary>Tokens are places of what convolutions make of the whole image; chunks pick theirs.</summary>
internal sealed unsafe class GridTokenizer<L, TUse> : ITokenizer
    where L : unmanaged, ILanes<L>
    where TUse : struct, ILaneUse<L>
{
    private readonly int[] _order;
    private readonly int _features;
    private readonly int _stride;
    private readonly WorkMemory _memory = new();
    private readonly ConvolutionTokenizer<L>? _many;
    private readonly OneImageTokenizer<L>? _one;
    private readonly float* _gradient;                                       // [N][D], on the grid

    /// <summary>Allocates working memory.</summary>
    /// <param name="network">The weights.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="isTrained">Whether to keep what the way back needs.</param>
    public GridTokenizer(FoldedNetwork network, TileShape shape, bool isTrained)
    {
        (_order, _features, _stride) = (network.Order, shape.Features, shape.Stride);
        if (TUse.Images == 1)
            _one = new(network.Convolutions!, _memory);
        else
            _many = new(network.Convolutions!, _memory, isTrained);
        if (isTrained)
            _gradient = _memory.Allocate(_order.Length, _stride);
    }

    public long Floats => _memory.Count;

    public void Start(float* images)
    {
        _many?.Forward(images);
        _one?.Forward(images);
    }

    public void Read(int first, int tokens, int column, int columns, float* x)
    {
        var grid = _many is null ? _one!.Tokens : _many.Tokens;
        var places = _order.AsSpan(first, tokens);
        for (var c = column; c < column + columns; c++, x += _stride)
            TUse.CopyTokens(grid, _stride, _features, places, c, x);         // [D]
    }

    public void Backward(int first, int tokens, float* gradient, float* gradients)
    {
        for (var t = 0; t < tokens; t++, gradient += _stride)
            Buffer.MemoryCopy(gradient, _gradient + (nint)_order[first + t] * _stride, _stride * sizeof(float), _features * L.Count * sizeof(float));
    }

    public void Finish(float* gradients) => _many!.Backward(_gradient, gradients);

    public void Dispose() => _memory.Dispose();
}
