namespace Tlb.Cpu;

/// <summary>What a vector holds in a convolution: many images, or many channels of one.</summary>
internal unsafe interface IConvolutionKernel
{
    /// <summary>The images side by side in what a layer reads and gives: [rows][columns][channels][images].</summary>
    static abstract int Images { get; }

    /// <summary>Convolves one row, without activation.</summary>
    /// <param name="layer">The weights.</param>
    /// <param name="x">Where the window of the row's first place begins.</param>
    /// <param name="y">Receives [columns][outputs, filled up to whole panels][images].</param>
    static abstract void Row(FoldedConvolution layer, float* x, float* y);

    /// <summary>y = W x + b for some columns.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="bias">b, [padded outputs].</param>
    /// <param name="x">The inputs, [columns][channels][images].</param>
    /// <param name="xStride">The floats from one column of x to the next.</param>
    /// <param name="y">Receives [columns][padded outputs][images].</param>
    /// <param name="yStride">The floats from one column of y to the next.</param>
    /// <param name="columns">The columns.</param>
    static abstract void Multiply(PackedMatrix matrix, float* bias, float* x, int xStride, float* y, int yStride, int columns);
}
