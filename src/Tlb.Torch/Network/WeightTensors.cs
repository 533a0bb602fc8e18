using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The weights of a network as tensors by name, in Keras's shapes, on one device.</summary>
/// <remarks>The tensors belong to the dispose scope they were made in.</remarks>
internal sealed class WeightTensors
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Cuts one tensor with all values into the parameters. Gradients flow back into it.</summary>
    /// <param name="flat">The values, [P], in the order of <paramref name="layout"/>.</param>
    /// <param name="layout">The parameters' names and shapes.</param>
    public WeightTensors(Tensor flat, ParameterLayout layout)
    {
        ArgumentNullException.ThrowIfNull(flat);
        ArgumentNullException.ThrowIfNull(layout);
        Type = flat.dtype;
        var parts = flat.split([.. layout.Select(parameter => (long)parameter.Count)]);       // one operator, also in the backward pass
        for (var i = 0; i < layout.Count; i++)
            _tensors.Add(layout[i].Name, layout[i].Shape.Length == 1 ? parts[i] : parts[i].view([.. layout[i].Shape.Select(size => (long)size)]));
    }

    /// <summary>The type of the weights.</summary>
    public ScalarType Type { get; }

    /// <summary>A parameter's tensor.</summary>
    /// <param name="name">Its name, such as <c>pm.0.fast.query.kernel</c>.</param>
    /// <exception cref="KeyNotFoundException">The network has no such parameter.</exception>
    public Tensor this[string name] => _tensors[name];

    /// <summary>A parameter's tensor; null if the network has no such parameter.</summary>
    /// <param name="name">Its name, such as <c>patch.ln.gamma</c>.</param>
    public Tensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>All values of some weights as one tensor on a device.</summary>
    /// <param name="weights">The weights; they are copied.</param>
    /// <param name="device">The device.</param>
    /// <returns>The values, [P].</returns>
    public static Tensor Flatten(NetworkWeights weights, Device device)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new ReadOnlySpan<float>(weights.Values).ToTensor([weights.Values.Length], ScalarType.Float32, device);
    }
}
