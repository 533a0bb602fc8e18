namespace Tlb.Cpu;

/// <summary>A convolution's kernel in the basis of <see cref="Winograd"/>: 16 matrices from inputs to outputs.</summary>
internal sealed unsafe class WinogradWeights : IDisposable
{
    private readonly AlignedFloats _noBias;

    /// <summary>Makes matrices that are all zero.</summary>
    /// <param name="inputs">The channels that are read.</param>
    /// <param name="outputs">The channels of the result.</param>
    public WinogradWeights(int inputs, int outputs)
    {
        Matrices = [.. Enumerable.Range(0, Winograd.Numbers).Select(_ => new PackedMatrix(inputs, outputs))];
        _noBias = new(Matrices[0].PaddedOutputs);
    }

    /// <summary>The matrices.</summary>
    public PackedMatrix[] Matrices { get; }

    /// <summary>Zeros, for all matrices but that of <see cref="Winograd.Middle"/>.</summary>
    public float* NoBias => _noBias.Pointer;

    /// <summary>Packs new weights.</summary>
    /// <param name="kernel">[3, 3, in, out].</param>
    public void Pack(ReadOnlySpan<float> kernel)
    {
        int inputs = Matrices[0].Inputs, outputs = Matrices[0].Outputs;
        float* window = stackalloc float[9 * PackedMatrix.Panel], changed = stackalloc float[Winograd.Numbers * PackedMatrix.Panel];
        for (var input = 0; input < inputs; input++)
            for (var output = 0; output < outputs; output += PackedMatrix.Panel)
            {
                var count = Math.Min(PackedMatrix.Panel, outputs - output);  // beyond are zeros
                new Span<float>(window, 9 * PackedMatrix.Panel).Clear();
                for (var place = 0; place < 9; place++)
                    kernel.Slice((place * inputs + input) * outputs + output, count).CopyTo(new(window + place * PackedMatrix.Panel, count));
                Winograd.TransformKernel(window, changed);
                for (var i = 0; i < Winograd.Numbers; i++)
                    new ReadOnlySpan<float>(changed + i * PackedMatrix.Panel, PackedMatrix.Panel)
                        .CopyTo(new(Matrices[i].Values + (nint)(output / PackedMatrix.Panel * inputs + input) * PackedMatrix.Panel, PackedMatrix.Panel));
            }
    }

    public void Dispose()
    {
        foreach (var matrix in Matrices)
            matrix.Dispose();
        _noBias.Dispose();
    }
}
