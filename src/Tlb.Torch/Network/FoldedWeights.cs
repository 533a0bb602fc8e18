using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The weights of all blocks, with what does not depend on the images multiplied out: once per pass, for all layers at a time.</summary>
/// <remarks>
/// <para>A normalisation's scale and shift go into the layer after it, so that one normalisation serves queries, keys and values.</para>
/// <para>
/// For normalised tokens n that ask and m that answer, a head's score is (Q'n + q)'(K'm + k) / sqrt(D). Terms without m are the same
/// for all that answer and cancel in the softmax: the score is the probe K(Q'n + q) / sqrt(D) times m, so m itself is the key. What
/// is read is O'(V'z + v) with z the mean of m, so m is the value too, and V and O are one matrix. All of it is exact, and
/// gradients flow through it to the weights.
/// </para>
/// <para>
/// Products are computed in float64 and rounded once: an error made here is the same for every token, and adds up. Computed in
/// float32 it puts gradients of the golden cell off by up to 6e-5 of the largest; computed so, by 8e-6 (Keras itself: 3e-5).
/// </para>
/// </remarks>
public sealed class FoldedWeights
{
    private readonly Dictionary<string, AttentionWeights> _attentions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Dense Widen, Dense Narrow)> _feedForwards = new(StringComparer.Ordinal);
    private readonly WeightTensors _weights;
    private readonly int _dimension;
    private readonly int _heads;

    /// <summary>Multiplies weights out.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    public FoldedWeights(TlbConfig config, WeightTensors weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (_weights, _dimension, _heads) = (weights, config.EmbeddingDimension, config.NumberOfHeads);
        var blocks = Enumerable.Range(0, config.BlockCount).ToList();
        FoldAttentions([
            .. blocks.Select(i => $"pm.{i}.fast"),
            .. blocks.Where(config.ReadsState).Select(i => $"pm.{i}.slow"),
            "tlb.fast"]);
        FoldFeedForwards([.. blocks.Select(i => $"pm.{i}.ffn"), "tlb.ffn"]);
    }

    /// <summary>The weights of an attention.</summary>
    /// <param name="name">Its name, such as <c>pm.0.slow</c>.</param>
    public AttentionWeights Attention(string name) => _attentions[name];

    /// <summary>The two layers of a feed-forward layer, [..., D] to [..., 4D] and back.</summary>
    /// <param name="name">Its name, such as <c>pm.0.ffn</c>.</param>
    public (Dense Widen, Dense Narrow) FeedForward(string name) => _feedForwards[name];

    private void FoldAttentions(string[] names)
    {
        var (d, h) = (_dimension, _heads);
        using Scalar scale = 1 / Math.Sqrt(d);
        var key = ScaledKernel("key", "k_ln").mul(scale).transpose(2, 3);    // [A, H, D, D], from a head's width to its input's
        var query = ScaledKernel("query", "q_ln");                           // [A, H, D, D]
        var value = ScaledKernel("value", "v_ln");                           // [A, H, D, D]
        var output = Stack(names, "output.kernel");                          // [A, H, D, D]

        var probes = Unstack(query.matmul(key).transpose(1, 2).reshape(-1, d, h * d)); // A x [D, H*D]
        var probeBiases = Unstack(ShiftedBias("query", "q_ln").matmul(key).view(-1, h * d)); // A x [H*D]
        var read = value.matmul(output);                                     // [A, H, D, D]
        var reads = Unstack(read.view(-1, h * d, d));                        // A x [H*D, D]
        var readsOfOne = Unstack(read.sum(1));                               // A x [D, D]
        var shift = ShiftedBias("value", "v_ln").matmul(output).squeeze(2);  // [A, H, D]
        var shifts = Unstack(shift);                                         // A x [H, D]
        var readBiases = Unstack(shift.sum(1).add(Stack(names, "output.bias"))); // A x [D]
        for (var i = 0; i < names.Length; i++)
            _attentions.Add(names[i], new(
                new(probes[i], probeBiases[i]), new(reads[i], readBiases[i]), new(readsOfOne[i], readBiases[i]), shifts[i]));

        Tensor ScaledKernel(string projection, string norm) => Stack(names, $"{projection}.kernel") // [A, D, H, D]
            .mul(Stack(names, $"{norm}.gamma").view(-1, d, 1, 1))
            .transpose(1, 2);                                                // [A, H, D, D]

        Tensor ShiftedBias(string projection, string norm) => Stack(names, $"{projection}.bias").unsqueeze(2) // [A, H, 1, D]
            .add(Stack(names, $"{norm}.beta").view(-1, 1, 1, d).matmul(Stack(names, $"{projection}.kernel").transpose(1, 2)));
    }

    private void FoldFeedForwards(string[] names)
    {
        var kernel = Stack(names, "dense1.kernel");                          // [F, D, 4D]
        var widen = Unstack(kernel.mul(Stack(names, "ln.gamma").unsqueeze(2))); // F x [D, 4D]
        var shift = Stack(names, "ln.beta").unsqueeze(1).matmul(kernel).squeeze(1); // [F, 4D]
        var widenBiases = Unstack(shift.add(Stack(names, "dense1.bias")));   // F x [4D]
        for (var i = 0; i < names.Length; i++)
            _feedForwards.Add(names[i], (
                new(widen[i], widenBiases[i]),
                new(_weights.InComputeType($"{names[i]}.dense2.kernel"), _weights.InComputeType($"{names[i]}.dense2.bias"))));
    }

    /// <summary>A parameter of all layers, one after the other: [layers, ...].</summary>
    private Tensor Stack(string[] names, string parameter) => stack(names.Select(name => _weights[$"{name}.{parameter}"])).to(ScalarType.Float64);

    /// <summary>Of each layer, what was folded of all, in the type to compute in.</summary>
    private Tensor[] Unstack(Tensor folded) => folded.to(_weights.ComputeType).unbind(0);
}
