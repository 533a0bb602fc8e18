using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Multiplies out the weights of all attentions at a time, as <see cref="FoldedWeights"/> describes.</summary>
/// <param name="config">The network.</param>
/// <param name="plan">Its plan.</param>
/// <param name="weights">Its weights.</param>
/// <param name="type">The type of number to compute in.</param>
internal sealed class AttentionFolding(TlbConfig config, NetworkPlan plan, WeightTensors weights, ScalarType type)
{
    private readonly IReadOnlyList<AttentionPlan> _attentions = plan.Attentions;

    /// <summary>Adds the parts of the folded weights, by name.</summary>
    /// <param name="folded">Receives them.</param>
    public void AddTo(Dictionary<string, Tensor> folded)
    {
        ArgumentNullException.ThrowIfNull(folded);
        using var scale = (1 / Math.Sqrt(plan.HeadDimension)).ToScalar();
        if (plan.HasWideHeads)
            AddWideHeads(folded, scale);
        else
            AddNarrowHeads(folded, scale);
    }

    private void AddWideHeads(Dictionary<string, Tensor> folded, Scalar scale)
    {
        var key = ScaledKernel("key", attention => attention.KeyNorm).mul(scale).transpose(2, 3); // [A, H, D, D], from a head's width to its input's
        var query = ScaledKernel("query", attention => attention.QueryNorm); // [A, H, D, D]
        var value = ScaledKernel("value", attention => attention.ValueNorm); // [A, H, D, D]
        var output = Parameter("output.kernel").view(_attentions.Count, config.NumberOfHeads, plan.HeadDimension, -1); // [A, H, D, D]
        var read = value.matmul(output);                                     // [A, H, D, D]
        var shift = ShiftedBias("value", attention => attention.ValueNorm).matmul(output); // [A, H, 1, D]
        folded["probe"] = query.matmul(key).transpose(1, 2);
        folded["probe.bias"] = ShiftedBias("query", attention => attention.QueryNorm).matmul(key);
        folded["read"] = read;
        folded["read.bias"] = shift.squeeze(2).sum(1).add(Parameter("output.bias"), Scalars.One); // [A, D]
        folded["read of one"] = read.sum(1);
        folded["shift"] = shift;
    }

    private void AddNarrowHeads(Dictionary<string, Tensor> folded, Scalar scale)
    {
        var (query, queryBias) = Projection("query", attention => attention.QueryNorm);
        var (key, keyBias) = Projection("key", attention => attention.KeyNorm);
        var (value, valueBias) = Projection("value", attention => attention.ValueNorm);
        folded["projections"] = cat([query.mul(scale), key, value], 2);      // [A, D, 3*D]
        folded["projections.bias"] = cat([queryBias.mul(scale), keyBias, valueBias], 1); // [A, 3*D]
        folded["output"] = Parameter("output.kernel");                       // [A, D, D]: there is no bias

        // [A, D, D] and [A, D], heads side by side.
        (Tensor Kernel, Tensor Bias) Projection(string name, Func<AttentionPlan, string> norm) =>
            (ScaledKernel(name, norm).transpose(1, 2).flatten(2, 3), ShiftedBias(name, norm).flatten(1, 3));
    }

    /// <summary>A projection with the scale of the normalisation before it, [A, H, D, W].</summary>
    private Tensor ScaledKernel(string projection, Func<AttentionPlan, string> norm) => Kernel(projection)
        .mul(Norm("gamma", norm).view(_attentions.Count, -1, 1, 1))
        .transpose(1, 2);

    /// <summary>A projection of the shift of the normalisation before it, and the projection's bias, [A, H, 1, W].</summary>
    private Tensor ShiftedBias(string projection, Func<AttentionPlan, string> norm)
    {
        var shift = Norm("beta", norm).view(_attentions.Count, 1, 1, -1)
            .matmul(Kernel(projection).transpose(1, 2));                     // [A, H, 1, W]
        return plan.HasWideHeads ? shift.add(Parameter($"{projection}.bias").unsqueeze(2), Scalars.One) : shift;
    }

    /// <summary>A projection, [A, D, H, W].</summary>
    private Tensor Kernel(string projection) => Parameter($"{projection}.kernel").view(_attentions.Count, -1, config.NumberOfHeads, plan.HeadDimension);

    /// <summary>A parameter of all attentions, [A, ...].</summary>
    private Tensor Parameter(string name) => stack(_attentions.Select(attention => weights[$"{attention.Name}.{name}"])).to(type);

    /// <summary>A parameter of the normalisations of all attentions, [A, D].</summary>
    private Tensor Norm(string name, Func<AttentionPlan, string> norm) => stack(_attentions.Select(attention => weights[$"{norm(attention)}.{name}"])).to(type);
}
