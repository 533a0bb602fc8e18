namespace Tlb.Cpu;

/// <summary>A convolution's weights: packed for the forward pass, and as rows of windows for the backward pass.</summary>
internal sealed unsafe class FoldedConvolution : IDisposable
{
    private readonly string _name;
    private readonly AlignedFloats _bias;
    private readonly AlignedFloats? _rows;

    /// <summary>Makes a layer that is all zero.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="name">The name of its parameters.</param>
    /// <param name="gradients">Where its gradients lie among all; null for a layer that is only scored with.</param>
    public FoldedConvolution(ConvolutionShape shape, string name, GradientLayout? gradients)
    {
        (Shape, _name) = (shape, name);
        if (shape.UsesWinograd)
            Winograd = new(shape.Inputs, shape.Outputs);
        else
            Matrix = new(shape.Kernel * shape.Run, shape.Outputs);
        _bias = new(shape.PaddedOutputs);
        if (gradients is null)
            return;
        KernelGradient = gradients.Add(checked(shape.Outputs * shape.Kernel), shape.Run);
        BiasGradient = gradients.Add(1, shape.Outputs);
        _rows = new((long)KernelGradient.Rows * KernelGradient.Stride);
    }

    public ConvolutionShape Shape { get; }

    /// <summary>The kernel: from a window, [k, k, in], to the outputs of a place; null where it is in <see cref="Winograd"/>.</summary>
    public PackedMatrix? Matrix { get; }

    /// <summary>The kernel in another basis, where <see cref="ConvolutionShape.UsesWinograd"/>.</summary>
    public WinogradWeights? Winograd { get; }

    /// <summary>The bias, [out], filled up to whole panels.</summary>
    public float* Bias => _bias.Pointer;

    /// <summary>The kernel by outputs, [out, k][k, in]: rows as far apart as those of its gradient, filled up with zeros.</summary>
    public float* Rows => _rows!.Pointer;

    /// <summary>Where the gradient of the kernel lies, [out, k][k, in].</summary>
    public GradientBlock KernelGradient { get; }

    /// <summary>Where the gradient of the bias lies, [out].</summary>
    public GradientBlock BiasGradient { get; }

    /// <summary>Packs new weights.</summary>
    public void Fold(NetworkWeights weights)
    {
        Span<float> kernel = weights[$"{_name}.kernel"];                     // [k, k, in, out]
        Matrix?.Pack(kernel);
        Winograd?.Pack(kernel);
        weights[$"{_name}.bias"].CopyTo(_bias.Span);
        if (_rows is null)
            return;
        for (var i = 0; i < Shape.Kernel * Shape.Run; i++)
            for (var output = 0; output < Shape.Outputs; output++)
                Rows[Place(i, output)] = kernel[i * Shape.Outputs + output];
    }

    /// <summary>Brings gradients back to the weights' order.</summary>
    /// <param name="gradients">The gradients as they were added up.</param>
    /// <param name="target">Receives the gradients of the weights.</param>
    public void Unfold(ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        var kernel = target[$"{_name}.kernel"];
        for (var i = 0; i < Shape.Kernel * Shape.Run; i++)
            for (var output = 0; output < Shape.Outputs; output++)
                kernel[i * Shape.Outputs + output] = gradients[KernelGradient.Offset + Place(i, output)];
        BiasGradient.Row(gradients, 0).CopyTo(target[$"{_name}.bias"]);
    }

    public void Dispose()
    {
        Matrix?.Dispose();
        Winograd?.Dispose();
        _bias.Dispose();
        _rows?.Dispose();
    }

    /// <summary>Where the weight from an input of a window to an output lies among <see cref="Rows"/>.</summary>
    private int Place(int input, int output) =>
        (output * Shape.Kernel + input / Shape.Run) * KernelGradient.Stride + input % Shape.Run;
}
