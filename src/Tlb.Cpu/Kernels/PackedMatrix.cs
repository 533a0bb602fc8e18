namespace Tlb.Cpu;

/// <summary>A matrix as <see cref="MatMul"/> reads it: panels of eight outputs, [out / 8][in][8], the last one filled up with zeros.</summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>The outputs of a panel.</summary>
    public const int Panel = 8;

    private readonly AlignedFloats _values;

    public PackedMatrix(int inputs, int outputs)
    {
        (Inputs, Outputs) = (inputs, outputs);
        _values = new(checked(PaddedOutputs * inputs));                      // places in it are whole numbers of 32 bits
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary><see cref="Outputs"/>, rounded up to whole panels: the features that a matrix product writes.</summary>
    public int PaddedOutputs => Pad(Outputs);

    public float* Values => _values.Pointer;

    /// <summary>A number of features, rounded up to whole panels.</summary>
    public static int Pad(int features) => checked((int)Pad((long)features));

    /// <summary>A number of features, rounded up to whole panels.</summary>
    public static long Pad(long features) => (features + Panel - 1) / Panel * Panel;

    /// <summary>Packs the values of a matrix [in, out].</summary>
    public void Pack(ReadOnlySpan<float> matrix)
    {
        for (var input = 0; input < Inputs; input++)
        {
            var row = matrix.Slice(input * Outputs, Outputs);
            for (var output = 0; output < row.Length; output++)
                _values.Pointer[((output / Panel * Inputs) + input) * Panel + output % Panel] = row[output];
        }
    }

    /// <summary>Packs the values of the transpose of a matrix [out, in].</summary>
    public void PackTransposed(ReadOnlySpan<float> matrix)
    {
        for (var output = 0; output < Outputs; output++)
        {
            var row = matrix.Slice(output * Inputs, Inputs);
            var target = _values.Pointer + output / Panel * Inputs * Panel + output % Panel;
            for (var input = 0; input < row.Length; input++)
                target[input * Panel] = row[input];
        }
    }

    public void Dispose() => _values.Dispose();
}
