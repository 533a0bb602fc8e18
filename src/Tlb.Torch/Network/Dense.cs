using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>A fully connected layer (Keras: <c>Dense</c>).</summary>
internal sealed class Dense
{
    private readonly Tensor _kernel;
    private readonly Tensor? _bias;

    /// <summary>Makes a layer.</summary>
    /// <param name="kernel">[in, out].</param>
    /// <param name="bias">[out]; null for none.</param>
    public Dense(Tensor kernel, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        (_kernel, _bias) = (kernel.t(), bias);                               // [out, in], as torch has it
    }

    /// <summary>Multiplies with the kernel and adds the bias.</summary>
    /// <param name="x">[N, in]. (Of more dimensions libtorch would make a product and an addition: another pass, and in 16 bits another rounding.)</param>
    /// <returns>[N, out].</returns>
    public Tensor Forward(Tensor x) => nn.functional.linear(x, _kernel, _bias);
}
