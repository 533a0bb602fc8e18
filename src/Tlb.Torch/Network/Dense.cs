using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>A fully connected layer (Keras: <c>Dense</c>, and <c>EinsumDense</c> with its head sizes flattened).</summary>
public sealed class Dense
{
    private readonly Tensor _kernel;
    private readonly Tensor _bias;

    /// <summary>Takes the weights <c>{name}.kernel</c> and <c>{name}.bias</c>.</summary>
    /// <param name="weights">The network's weights.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="inputs">The width of the input: the kernel's sizes beyond it, and the bias's, are taken as one.</param>
    public Dense(WeightTensors weights, string name, int inputs)
    {
        ArgumentNullException.ThrowIfNull(weights);
        _kernel = weights[$"{name}.kernel"].view(inputs, -1);                // [in, out]
        _bias = weights[$"{name}.bias"].view(-1);                            // [out]
    }

    /// <summary>Multiplies with the kernel and adds the bias.</summary>
    /// <param name="x">[N, in].</param>
    /// <returns>[N, out].</returns>
    public Tensor Forward(Tensor x) => _bias.addmm(x, _kernel);             // [N, out]
}
