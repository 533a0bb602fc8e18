namespace Tlb.Cpu;

/// <summary>A linear layer: a matrix and a bias, packed for the matrix products that use them.</summary>
internal sealed unsafe class Linear : IDisposable
{
    private readonly AlignedFloats _bias;
    private readonly PackedMatrix _forward;
    private readonly PackedMatrix? _backward;
    private readonly AlignedFloats? _noBias;

    /// <summary>Makes a layer that is all zero.</summary>
    /// <param name="inputs">The features it reads.</param>
    /// <param name="outputs">The features it gives.</param>
    /// <param name="gradients">Where its gradients lie among all; null for a layer that is only scored with.</param>
    public Linear(int inputs, int outputs, GradientLayout? gradients)
    {
        (Inputs, Outputs) = (inputs, outputs);
        _forward = new(inputs, outputs);
        _bias = new(_forward.PaddedOutputs);
        if (gradients is null)
            return;
        _backward = new(outputs, inputs);
        _noBias = new(_backward.PaddedOutputs);
        MatrixGradient = gradients.Add(inputs, outputs);
        BiasGradient = gradients.Add(1, outputs);
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>The matrix, for kernels of their own.</summary>
    public PackedMatrix Matrix => _forward;

    /// <summary>The bias, [out], filled up to whole panels.</summary>
    public float* Bias => _bias.Pointer;

    /// <summary>Where the gradient of the matrix lies, [in, out].</summary>
    public GradientBlock MatrixGradient { get; }

    /// <summary>Where the gradient of the bias lies, [out].</summary>
    public GradientBlock BiasGradient { get; }

    /// <summary>Sets new values.</summary>
    /// <param name="matrix">[in, out].</param>
    /// <param name="bias">[out].</param>
    public void Set(ReadOnlySpan<float> matrix, ReadOnlySpan<float> bias)
    {
        _forward.Pack(matrix);
        _backward?.PackTransposed(matrix);
        bias.CopyTo(_bias.Span);
    }

    /// <summary>y = W x + b, or y += W x + b.</summary>
    public void Forward<L>(float* x, int xStride, float* y, int yStride, int columns, bool add = false) where L : unmanaged, ILanes<L> =>
        MatMul.Forward<L>(_forward, _bias.Pointer, x, xStride, y, yStride, columns, add);

    /// <summary>The gradient of x from that of y: W transposed times it.</summary>
    public void Backward<L>(float* yGradient, int yStride, float* xGradient, int xStride, int columns, bool add = false) where L : unmanaged, ILanes<L> =>
        MatMul.Forward<L>(_backward!, _noBias!.Pointer, yGradient, yStride, xGradient, xStride, columns, add);

    public void Dispose()
    {
        _forward.Dispose();
        _backward?.Dispose();
        _bias.Dispose();
        _noBias?.Dispose();
    }
}
