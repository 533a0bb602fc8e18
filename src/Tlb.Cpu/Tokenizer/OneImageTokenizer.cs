namespace Tlb.Cpu;

/// <summary>Makes tokens of one image by convolutions, for lanes that are tokens.</summary>
internal sealed unsafe class OneImageTokenizer<L> where L : unmanaged, ILanes<L>
{
    private readonly FoldedConvolution _first;
    private readonly FoldedConvolution _last;
    private readonly ConvolutionForward<OneImageConvolution> _forward;

    /// <summary>Allocates room.</summary>
    /// <param name="weights">The layers.</param>
    /// <param name="memory">Where.</param>
    public OneImageTokenizer(FoldedConvolutions weights, WorkMemory memory)
    {
        (_first, _last) = (weights.Layers[0], weights.Layers[^1]);
        _forward = new(weights, memory, keepWinners: false);
        Tokens = memory.Allocate((TokenCount + L.Count - 1) / L.Count * L.Count * _last.Shape.PaddedOutputs);
    }

    /// <summary>The tokens that <see cref="Forward"/> made, [N / lanes][D, filled up to whole panels][lanes]: token t is lane t % lanes of column t / lanes.</summary>
    public float* Tokens { get; }

    private long TokenCount => (long)_last.Shape.PooledSize * _last.Shape.PooledSize;

    /// <summary>Makes <see cref="Tokens"/>.</summary>
    /// <param name="images">[S, S, 3][lanes], of which lane 0 holds the image.</param>
    public void Forward(float* images)
    {
        var shape = _first.Shape;
        for (var r = 0; r < shape.Size; r++)
        {
            var target = _forward.Input(0) + shape.Inside + (nint)r * shape.Row;
            for (var i = 0; i < shape.Size * shape.Inputs; i++, images += L.Count)
                target[i] = *images;
        }
        _forward.Run();
        int outputs = _last.Shape.PaddedOutputs;
        var from = _forward.Tokens;
        for (var t = 0L; t < TokenCount; t++, from += outputs)
        {
            var target = Tokens + t / L.Count * outputs * L.Count + t % L.Count;
            for (var f = 0; f < outputs; f++)
                target[f * L.Count] = from[f];
        }
    }
}
