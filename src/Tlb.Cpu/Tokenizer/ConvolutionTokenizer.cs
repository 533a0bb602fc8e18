namespace Tlb.Cpu;

/// <summary>Makes tokens of a tile of images by convolutions, and brings the tokens' gradient back to the weights.</summary>
internal sealed unsafe class ConvolutionTokenizer<L> where L : unmanaged, ILanes<L>
{
    private readonly ConvolutionShape _shape;                                // of the first layer
    private readonly ConvolutionForward<ManyImagesConvolution<L>> _forward;
    private readonly ConvolutionBackward<L>? _backward;

    /// <summary>Allocates room.</summary>
    /// <param name="weights">The layers.</param>
    /// <param name="memory">Where.</param>
    /// <param name="keepForBackward">Whether <see cref="Backward"/> will be called.</param>
    public ConvolutionTokenizer(FoldedConvolutions weights, WorkMemory memory, bool keepForBackward)
    {
        _shape = weights.Layers[0].Shape;
        _forward = new(weights, memory, keepForBackward);
        if (keepForBackward)
            _backward = new(weights, _forward, memory);
    }

    /// <summary>The tokens that <see cref="Forward"/> made, left to right, then down: [N][D, filled up to whole panels with zeros][lanes].</summary>
    public float* Tokens => _forward.Tokens;

    /// <summary>Makes <see cref="Tokens"/>.</summary>
    /// <param name="images">The images, [S, S, 3][lanes].</param>
    public void Forward(float* images)
    {
        var row = (long)_shape.Size * _shape.Inputs * L.Count * sizeof(float);
        for (var r = 0; r < _shape.Size; r++)
        {
            var target = _forward.Input(0) + (_shape.Inside + (nint)r * _shape.Row) * L.Count;
            Buffer.MemoryCopy(images + (nint)r * _shape.Size * _shape.Inputs * L.Count, target, row, row);
        }
        _forward.Run();
    }

    /// <summary>Adds the gradients of the weights, after <see cref="Forward"/>.</summary>
    /// <param name="tokenGradient">The gradient of the tokens, laid out as these.</param>
    /// <param name="gradients">The gradients of all folded weights: added to.</param>
    public void Backward(float* tokenGradient, float* gradients) => _backward!.Run(tokenGradient, gradients);
}
