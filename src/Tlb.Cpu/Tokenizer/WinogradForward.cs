namespace Tlb.Cpu;

/// <summary>Convolves two rows at a time by <see cref="Winograd"/>, a few tiles together.</summary>
internal sealed unsafe class WinogradForward<TKernel> where TKernel : struct, IConvolutionKernel
{
    private readonly float* _work;

    /// <summary>Allocates room.</summary>
    /// <param name="layers">The layers, of which some use it.</param>
    /// <param name="memory">Where.</param>
    public WinogradForward(IEnumerable<FoldedConvolution> layers, WorkMemory memory) =>
        _work = memory.Allocate(layers.Max(layer => Winograd.Floats(layer.Shape, TKernel.Images)));

    /// <summary>Convolves two rows, without activation.</summary>
    /// <param name="layer">The weights.</param>
    /// <param name="x">Where the window of the first row's first place begins.</param>
    /// <param name="y0">Receives the first row, [columns][outputs, filled up to whole panels][images].</param>
    /// <param name="y1">Receives the second row.</param>
    public void TwoRows(FoldedConvolution layer, float* x, float* y0, float* y1)
    {
        var (shape, weights) = (layer.Shape, layer.Winograd!);
        int column = shape.Inputs * TKernel.Images, row = shape.Row * TKernel.Images;
        int input = PackedMatrix.Pad(shape.Inputs) * TKernel.Images, output = shape.PaddedOutputs * TKernel.Images; // the floats of a tile, of each of its 16 numbers
        var most = Winograd.TilesAtOnce(TKernel.Images);
        float* v = _work, m = _work + Winograd.Numbers * (nint)most * input; // [16][tiles][channels][images]
        var tiles = (shape.Size + Winograd.TileSize - 1) / Winograd.TileSize;
        for (var first = 0; first < tiles; first += most)
        {
            var count = Math.Min(most, tiles - first);
            for (var tile = 0; tile < count; tile++)
                Winograd.TransformInput(x + Column(first + tile) * column, row, column, column, v + (nint)tile * input, (nint)most * input);
            for (var i = 0; i < Winograd.Numbers; i++)
                TKernel.Multiply(
                    weights.Matrices[i], i == Winograd.Middle ? layer.Bias : weights.NoBias, v + (nint)i * most * input, input, m + (nint)i * most * output, output, count);
            for (var tile = 0; tile < count; tile++)
                Winograd.TransformOutput(m + (nint)tile * output, (nint)most * output, output, y0 + Column(first + tile) * output, y1 + Column(first + tile) * output, output);
        }

        // The last tile may begin on the last but one's second column, which comes out the same but for rounding.
        nint Column(int tile) => Math.Min(Winograd.TileSize * tile, shape.Size - Winograd.TileSize);
    }
}
