namespace Tlb.Cpu;

/// <summary>The forward pass of the layers of convolutions: each row is pooled as soon as it is there, while it is close to the core.</summary>
internal sealed unsafe class ConvolutionForward<TKernel> where TKernel : struct, IConvolutionKernel
{
    private readonly FoldedConvolution[] _layers;
    private readonly float*[] _inputs;                                       // of each layer and of nothing: [rows][columns][channels][images], with margins
    private readonly int*[]? _winners;                                       // of each layer, [rows][columns][channels][images]
    private readonly WinogradForward<TKernel> _winograd;
    private readonly float* _rows;                                           // the last rows of a result, a ring

    /// <summary>Allocates room.</summary>
    /// <param name="weights">The layers.</param>
    /// <param name="memory">Where.</param>
    /// <param name="keepWinners">Whether to keep what the backward pass needs.</param>
    public ConvolutionForward(FoldedConvolutions weights, WorkMemory memory, bool keepWinners)
    {
        _layers = weights.Layers;
        _inputs = new float*[_layers.Length];
        _winners = keepWinners ? new int*[_layers.Length] : null;
        long widest = 0;
        for (var i = 0; i < _layers.Length; i++)
        {
            var shape = _layers[i].Shape;
            _inputs[i] = memory.Allocate((shape.Image + ConvolutionShape.Slack) * (long)TKernel.Images);
            if (_winners is not null)
                _winners[i] = (int*)memory.Allocate(shape.PooledFeatures * TKernel.Images);
            widest = Math.Max(widest, shape.Size * (long)Stride(i));
        }
        _winograd = new(_layers, memory);
        _rows = memory.Allocate(ConvolutionShape.Looks * widest);
        Tokens = memory.Allocate(_layers[^1].Shape.PooledFeatures * TKernel.Images);
    }

    /// <summary>The result, [tokens][D, filled up to whole panels][images].</summary>
    public float* Tokens { get; }

    /// <summary>What a layer reads, [rows][columns][channels][images] with margins of zeros.</summary>
    public float* Input(int layer) => _inputs[layer];

    /// <summary>Which place won each pooling of a layer, see <see cref="MaxPool"/>, [places][outputs, filled up to whole panels][images].</summary>
    public int* Winners(int layer) => _winners![layer];

    /// <summary>Makes <see cref="Tokens"/> of the first layer's <see cref="Input"/>.</summary>
    public void Run()
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var shape = _layers[i].Shape;
            var done = 0;
            for (var row = 0; row < shape.PooledSize; row++)
            {
                while (done <= shape.Look(row, ConvolutionShape.Looks - 1))
                    done = Convolve(i, done);
                PoolRow(i, row);
            }
        }
    }

    /// <summary>Convolves the next row of a layer, or the next two.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="done">The rows that are done.</param>
    /// <returns>The rows that are done now.</returns>
    private int Convolve(int layer, int done)
    {
        var shape = _layers[layer].Shape;
        if (!shape.UsesWinograd)
        {
            TKernel.Row(_layers[layer], Window(done), Row(layer, done));
            return done + 1;
        }
        var first = Math.Min(done, shape.Size - Winograd.TileSize);          // a last row that is odd comes with the one above it again
        _winograd.TwoRows(_layers[layer], Window(first), Row(layer, first), Row(layer, first + 1));
        return first + Winograd.TileSize;

        float* Window(int row) => _inputs[layer] + (nint)row * shape.Row * TKernel.Images;
    }

    /// <summary>The numbers of a place of a layer's result.</summary>
    private int Stride(int layer) => _layers[layer].Shape.PaddedOutputs * TKernel.Images;

    /// <summary>Where a row of a layer's result lies: the ring holds as many as a pooling looks at.</summary>
    private float* Row(int layer, int row) => _rows + (nint)(row % ConvolutionShape.Looks) * _layers[layer].Shape.Size * Stride(layer);

    /// <summary>Pools a row to where the next layer reads it, or to the tokens.</summary>
    private void PoolRow(int layer, int row)
    {
        var shape = _layers[layer].Shape;
        var isLast = layer == _layers.Length - 1;
        int stride = Stride(layer), step = isLast ? stride : shape.Outputs * TKernel.Images;
        var target = isLast ? Tokens + (nint)row * shape.PooledSize * stride
            : _inputs[layer + 1] + (_layers[layer + 1].Shape.Inside + (nint)row * _layers[layer + 1].Shape.Row) * TKernel.Images;
        var winners = _winners is null ? null : _winners[layer] + (nint)row * shape.PooledSize * stride;
        var places = stackalloc float*[MaxPool.Places];
        for (var column = 0; column < shape.PooledSize; column++, target += step)
        {
            for (var place = 0; place < MaxPool.Places; place++)
                places[place] = Row(layer, shape.Look(row, place / ConvolutionShape.Looks)) + (nint)shape.Look(column, place % ConvolutionShape.Looks) * stride;
            if (winners is null)
                MaxPool.Forward(places, target, step);
            else
                MaxPool.Forward(places, target, winners + (nint)column * stride, step);
        }
    }
}
