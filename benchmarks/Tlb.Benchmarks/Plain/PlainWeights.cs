using Tlb.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tlb.Benchmarks.Plain;

/// <summary>Copies weights in Keras's names and shapes into the plain network.</summary>
internal static class PlainWeights
{
    /// <summary>Sets all parameters of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Their values.</param>
    /// <exception cref="InvalidOperationException">The network has other parameters than the weights.</exception>
    public static void CopyTo(nn.Module network, NetworkWeights weights)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var left = weights.Layout.ToDictionary(parameter => parameter.Name);
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (!left.Remove(KerasName(name), out var source))
                throw new InvalidOperationException($"The plain network's parameter '{name}' is none of ours.");
            Copy(tensor(weights.Of(source).ToArray()), source, parameter);
        }
        if (left.Count > 0)
            throw new InvalidOperationException($"The plain network has no {string.Join(", ", left.Keys)}.");
    }

    private static void Copy(Tensor values, ParameterSpec source, Parameter parameter)
    {
        if (parameter.dim() == 4)
            values = values.view([.. source.Shape.Select(size => (long)size)]).permute(3, 2, 0, 1); // [k, k, in, out] to [out, in, k, k]
        else if (source.IsMatrix)
            values = values.view(parameter.size(1), parameter.size(0)).t();  // [in, out] to [out, in]
        parameter.copy_(values.reshape(parameter.shape));
    }

    /// <summary>The name of a parameter of a module: pm.0.fast.q_ln.weight is pm.0.fast.q_ln.gamma, head.weight is head.kernel.</summary>
    private static string KerasName(string name)
    {
        var end = name.LastIndexOf('.');
        var (layer, kind) = (name[..end], name[(end + 1)..]);
        var isNorm = layer.EndsWith("ln", StringComparison.Ordinal);
        return kind switch
        {
            "weight" => $"{layer}.{(isNorm ? "gamma" : "kernel")}",
            "bias" => $"{layer}.{(isNorm ? "beta" : "bias")}",
            _ => name,
        };
    }
}
