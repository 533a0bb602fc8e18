using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>The backward pass of the layers of convolutions.</summary>
/// <remarks>
/// Of each pooling only the place that won has a gradient, and only where it is above 0: at most a quarter of the convolution's results.
/// Which ones differs from image to image, so images are taken one by one, their features side by side in the registers: each gradient
/// adds a multiple of its window to the kernel's gradient, and a multiple of the kernel to the gradient of its window. That is a sixth
/// of the products that a gradient for all places would take. Where nothing is pooled, every place above 0 has a gradient.
/// </remarks>
internal sealed unsafe class ConvolutionBackward<L> where L : unmanaged, ILanes<L>
{
    private readonly FoldedConvolution[] _layers;
    private readonly ConvolutionForward<ManyImagesConvolution<L>> _forward;
    private readonly long _imageStride;                                      // the floats of an image, of the largest layer
    private readonly long _winnerStride;
    private readonly float* _images;                                         // [lanes][rows][columns][channels]: what a layer read
    private readonly int* _winners;                                          // [lanes][places][outputs, filled up]
    private readonly float* _tokens;                                         // [lanes][tokens][D, filled up]: their gradient
    private readonly PooledGradient* _gradients;                             // [outputs][places of a band]
    private readonly int* _counts;                                           // [outputs]
    private float* _result;                                                  // [lanes][rows][columns][channels]: the gradient of what a layer read
    private float* _below;                                                   // the same of the layer before it

    /// <summary>Allocates room.</summary>
    /// <param name="weights">The layers.</param>
    /// <param name="forward">Their forward pass.</param>
    /// <param name="memory">Where.</param>
    public ConvolutionBackward(FoldedConvolutions weights, ConvolutionForward<ManyImagesConvolution<L>> forward, WorkMemory memory)
    {
        (_layers, _forward) = (weights.Layers, forward);
        long gradients = 0;
        var most = 0;
        foreach (var layer in _layers)
        {
            var shape = layer.Shape;
            _imageStride = Math.Max(_imageStride, ConvolutionShape.FillUp(shape.Image));
            _winnerStride = Math.Max(_winnerStride, ConvolutionShape.FillUp(shape.PooledFeatures));
            gradients = Math.Max(gradients, shape.BandGradients);
            most = Math.Max(most, shape.Outputs);
        }
        _images = memory.Allocate(L.Count * _imageStride);
        _winners = (int*)memory.Allocate(L.Count * _winnerStride);
        _tokens = memory.Allocate(L.Count * _winnerStride);
        _gradients = (PooledGradient*)memory.Allocate(gradients * sizeof(PooledGradient) / sizeof(float));
        _counts = (int*)memory.Allocate(most);
        if (_layers.Length > 1)
            _result = memory.Allocate(L.Count * _imageStride);
        if (_layers.Length > 2)
            _below = memory.Allocate(L.Count * _imageStride);
    }

    /// <summary>Runs back through what the forward pass has just run through.</summary>
    /// <param name="tokenGradient">The gradient of the tokens, [tokens][D, filled up to whole panels][lanes].</param>
    /// <param name="gradients">The gradients of all folded weights: added to.</param>
    public void Run(float* tokenGradient, float* gradients)
    {
        var tokens = Features(_layers[^1].Shape);
        Transpose.Column(tokenGradient, tokens, L.Count, _tokens, (int)_winnerStride);
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var (layer, shape) = (_layers[i], _layers[i].Shape);
            Transpose.Column(_forward.Input(i), shape.Image, L.Count, _images, (int)_imageStride);
            Transpose.Column((float*)_forward.Winners(i), Features(shape), L.Count, (float*)_winners, (int)_winnerStride);
            for (var lane = 0; lane < L.Count; lane++)
            {
                var gradient = _tokens + lane * _winnerStride;
                int step = shape.PaddedOutputs, row = shape.PooledSize * step;
                if (!new Span<float>(gradient, tokens).ContainsAnyExcept(0))
                    continue;                                                // a lane without an image
                if (i < _layers.Length - 1)
                {
                    var next = _layers[i + 1].Shape;
                    (step, row) = (next.Inputs, next.Row);
                    gradient = _below + lane * _imageStride + next.Inside;
                }
                Layer(layer, lane, gradient, row, step, needsInput: i > 0, gradients);
            }
            var result = _result;
            _result = _below;
            _below = result;
        }
    }

    /// <summary>The numbers of a layer's pooled result, filled up.</summary>
    private static int Features(ConvolutionShape shape) => checked((int)shape.PooledFeatures);

    /// <summary>A layer of one image.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="lane">The image.</param>
    /// <param name="gradient">The gradient of the pooled result.</param>
    /// <param name="row">The floats from one of its rows to the next.</param>
    /// <param name="step">The floats from one of its columns to the next.</param>
    /// <param name="needsInput">Whether what the layer read needs a gradient.</param>
    /// <param name="gradients">The gradients of all folded weights: added to.</param>
    private void Layer(FoldedConvolution layer, int lane, float* gradient, int row, int step, bool needsInput, float* gradients)
    {
        var shape = layer.Shape;
        float* image = _images + lane * _imageStride, result = _result + lane * _imageStride;
        var (band, stride) = (shape.Band, layer.KernelGradient.Stride);
        if (needsInput)
            new Span<float>(result, shape.Image).Clear();
        for (var first = 0; first < shape.PooledSize; first += band)
        {
            var rows = Math.Min(band, shape.PooledSize - first);
            new Span<int>(_counts, shape.Outputs).Clear();
            for (var r = first; r < first + rows; r++)
                for (var c = 0; c < shape.PooledSize; c++)
                    Collect(layer, lane, r, c, gradient + (nint)r * row + (nint)c * step, band * shape.PooledSize, gradients + layer.BiasGradient.Offset);
            for (var output = 0; output < shape.Outputs; output++)
                for (var k = 0; k < shape.Kernel; k++)
                    PooledGradient.AddToKernel<L>(
                        _gradients + (nint)output * band * shape.PooledSize, _counts[output], image + (nint)k * shape.Row,
                        gradients + layer.KernelGradient.Offset + (output * shape.Kernel + k) * stride, shape.Run);
            for (var output = 0; needsInput && output < shape.Outputs; output++)
                for (var k = 0; k < shape.Kernel; k++)
                    PooledGradient.AddToInput<L>(
                        _gradients + (nint)output * band * shape.PooledSize, _counts[output], layer.Rows + (output * shape.Kernel + k) * stride,
                        result + (nint)k * shape.Row, shape.Run);
        }
    }

    /// <summary>Notes the gradients of a pooled place that has winners, by output, and adds them to the bias's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Collect(FoldedConvolution layer, int lane, int row, int column, float* gradient, int capacity, float* bias)
    {
        var shape = layer.Shape;
        var winners = _winners + lane * _winnerStride + ((nint)row * shape.PooledSize + column) * shape.PaddedOutputs;
        var offsets = stackalloc int[1 + MaxPool.Places];
        for (var place = 0; place < MaxPool.Places; place++)
            offsets[1 + place] = shape.Look(row, place / ConvolutionShape.Looks) * shape.Row + shape.Look(column, place % ConvolutionShape.Looks) * shape.Inputs;
        var outputs = shape.Outputs;
        var counts = _counts;
        var to = _gradients;
        for (var output = 0; output < outputs; output++, to += capacity)
        {
            // Without a branch, which would be as good as a throw of dice: what has no winner is overwritten by the next.
            var (winner, count) = (winners[output], counts[output]);
            to[count] = new(offsets[winner], gradient[output]);
            counts[output] = count + ((winner + 15) >> 4);                   // 0 for 0, 1 for 1 to 9
        }
        for (var output = 0; output < outputs; output += Vector<float>.Count)
            Vector.Store(
                Vector.Load(bias + output) + Vector.ConditionalSelect(Vector.Equals(Vector.Load(winners + output), Vector<int>.Zero), Vector<float>.Zero, Vector.Load(gradient + output)),
                bias + output);
    }
}
