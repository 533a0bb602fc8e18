using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The weights of a network as it computes with them: what does not depend on the images is multiplied out, for all layers at a time.</summary>
/// <remarks>
/// <para>A normalisation's scale and shift go into the layer after it, so that one normalisation serves queries, keys and values.</para>
/// <para>
/// For normalised tokens n that ask and m that answer, a head's score is (Q'n + q)'(K'm + k) / sqrt(D). Terms without m are the same
/// for all that answer and cancel in the softmax: the score is the probe K(Q'n + q) / sqrt(D) times m, so m itself is the key. What
/// is read is O'(V'z + v) with z the mean of m, so m is the value too, and V and O are one matrix. All of it is exact, and
/// gradients flow through it to the weights.
/// </para>
/// <para>
/// All of them lie in one tensor, which <see cref="Fold"/> makes: a step folds once, computes the gradient of that tensor over as many
/// parts of its batch as it likes, and takes it through the folding once.
/// </para>
/// </remarks>
internal sealed class FoldedWeights
{
    private readonly Dictionary<string, AttentionWeights> _attentions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Dense Widen, Dense Narrow)> _feedForwards = new(StringComparer.Ordinal);

    /// <summary>Takes folded weights apart.</summary>
    /// <param name="config">The network.</param>
    /// <param name="folded">What <see cref="Fold"/> made of its weights, [F].</param>
    /// <param name="computeType">The type of number that the network computes in, but for its classifier and its loss: 16-bit floats for mixed precision.</param>
    public FoldedWeights(TlbConfig config, Tensor folded, ScalarType computeType)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(folded);
        (Type, ComputeType) = (folded.dtype, computeType);
        var shapes = Shapes(config);
        var sizes = shapes.Select(shape => shape.Aggregate(1L, (product, size) => product * size)).ToArray();
        var parts = folded.to(computeType).split(sizes);
        var part = 0;

        var (probes, probeBiases, reads, readBiases) = (NextOfLayers(), NextOfLayers(), NextOfLayers(), NextOfLayers());
        var (readsOfOne, shifts) = (NextOfLayers(), NextOfLayers());
        foreach (var (i, name) in AttentionNames(config).Index())
        {
            _attentions.Add(name, new(
                new(probes[i], probeBiases[i]), new(reads[i], readBiases[i]), new(readsOfOne[i], readBiases[i]), shifts[i]));
        }
        var (widen, widenBiases, narrow, narrowBiases) = (NextOfLayers(), NextOfLayers(), NextOfLayers(), NextOfLayers());
        foreach (var (i, name) in FeedForwardNames(config).Index())
            _feedForwards.Add(name, (new(widen[i], widenBiases[i]), new(narrow[i], narrowBiases[i])));
        (PatchProjection, Positions, PatchNormScale, PatchNormShift) = (new(Next(), Next()), Next(), Next(), Next());

        var last = sizes[^2] + sizes[^1];                                    // the classifier computes in the weights' own type
        var classifier = folded.narrow(0, folded.shape[0] - last, last).split([sizes[^2], sizes[^1]]);
        Classifier = new(classifier[0].view(shapes[^2]), classifier[1]);

        Tensor Next() => parts[part].view(shapes[part++]);

        Tensor[] NextOfLayers() => Next().unbind(0);
    }

    /// <summary>The type of the weights.</summary>
    public ScalarType Type { get; }

    /// <summary>The type of number that the network computes in, but for its classifier and its loss.</summary>
    public ScalarType ComputeType { get; }

    /// <summary>From a patch's values to its token, [N, P*P*3] to [N, D].</summary>
    public Dense PatchProjection { get; }

    /// <summary>The learned position of each token, [C*K, D].</summary>
    public Tensor Positions { get; }

    /// <summary>The scale of the tokens' normalisation, [D].</summary>
    public Tensor PatchNormScale { get; }

    /// <summary>The shift of the tokens' normalisation, [D].</summary>
    public Tensor PatchNormShift { get; }

    /// <summary>The classifier, [N, D] to [N, classes], in the weights' own type.</summary>
    public Dense Classifier { get; }

    /// <summary>Multiplies weights out.</summary>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="computeType">
    /// The type of number that the network computes in. For 32-bit floats products are computed in float64 and rounded once: an error
    /// made here is the same for every token, and adds up. Computed in float32 it puts gradients of the golden cell off by up to
    /// 6e-5 of the largest; computed so, by 8e-6 (Keras itself: 3e-5). For 16-bit floats float32 is more than enough.
    /// </param>
    /// <returns>The folded weights, [F], in the weights' type.</returns>
    public static Tensor Fold(TlbConfig config, WeightTensors weights, ScalarType computeType)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        var (d, h) = (config.EmbeddingDimension, config.NumberOfHeads);
        var type = computeType is ScalarType.Float16 or ScalarType.BFloat16 ? weights.Type : ScalarType.Float64;
        var attentions = AttentionNames(config);
        using var scale = (1 / Math.Sqrt(d)).ToScalar();
        var key = ScaledKernel("key", "k_ln").mul(scale).transpose(2, 3);    // [A, H, D, D], from a head's width to its input's
        var query = ScaledKernel("query", "q_ln");                           // [A, H, D, D]
        var value = ScaledKernel("value", "v_ln");                           // [A, H, D, D]
        var output = Precise(attentions, "output.kernel");                   // [A, H, D, D]
        var read = value.matmul(output);                                     // [A, H, D, D]
        var shift = ShiftedBias("value", "v_ln").matmul(output);             // [A, H, 1, D]

        var feedForwards = FeedForwardNames(config);
        var kernel = Precise(feedForwards, "dense1.kernel");                 // [N, D, 4D]
        var widenShift = Precise(feedForwards, "ln.beta").unsqueeze(1).matmul(kernel).squeeze(1); // [N, 4D]
        return cat([                                                         // in the order of Shapes
            Flat(query.matmul(key).transpose(1, 2)),
            Flat(ShiftedBias("query", "q_ln").matmul(key)),
            Flat(read),
            Flat(shift.squeeze(2).sum(1).add(Precise(attentions, "output.bias"), Scalars.One)),
            Flat(read.sum(1)),
            Flat(shift),
            Flat(kernel.mul(Precise(feedForwards, "ln.gamma").unsqueeze(2))),
            Flat(widenShift.add(Precise(feedForwards, "dense1.bias"), Scalars.One)),
            Flat(Stack(feedForwards, "dense2.kernel")),
            Flat(Stack(feedForwards, "dense2.bias")),
            Flat(weights["patch.projection.kernel"]),
            weights["patch.projection.bias"],
            Flat(weights["patch.position_embedding"]),
            weights["patch.ln.gamma"],
            weights["patch.ln.beta"],
            Flat(weights["head.kernel"]),
            weights["head.bias"],
        ]);

        Tensor ScaledKernel(string projection, string norm) => Precise(attentions, $"{projection}.kernel") // [A, D, H, D]
            .mul(Precise(attentions, $"{norm}.gamma").view(-1, d, 1, 1))
            .transpose(1, 2);                                                // [A, H, D, D]

        Tensor ShiftedBias(string projection, string norm) => Precise(attentions, $"{norm}.beta").view(-1, 1, 1, d)
            .matmul(Precise(attentions, $"{projection}.kernel").transpose(1, 2))
            .add(Precise(attentions, $"{projection}.bias").unsqueeze(2), Scalars.One); // [A, H, 1, D]

        // A parameter of all layers, one after the other: [layers, ...].
        Tensor Stack(string[] names, string parameter) => stack(names.Select(name => weights[$"{name}.{parameter}"]));

        Tensor Precise(string[] names, string parameter) => Stack(names, parameter).to(type);

        Tensor Flat(Tensor x) => x.to(weights.Type).reshape(-1);
    }

    /// <summary>The weights of an attention.</summary>
    /// <param name="name">Its name, such as <c>pm.0.slow</c>.</param>
    public AttentionWeights Attention(string name) => _attentions[name];

    /// <summary>The two layers of a feed-forward layer, [N, D] to [N, 4D] and back.</summary>
    /// <param name="name">Its name, such as <c>pm.0.ffn</c>.</param>
    public (Dense Widen, Dense Narrow) FeedForward(string name) => _feedForwards[name];

    private static string[] AttentionNames(TlbConfig config) => [
        .. Blocks(config).Select(i => $"pm.{i}.fast"),
        .. Blocks(config).Where(config.ReadsState).Select(i => $"pm.{i}.slow"),
        "tlb.fast"];

    private static string[] FeedForwardNames(TlbConfig config) => [.. Blocks(config).Select(i => $"pm.{i}.ffn"), "tlb.ffn"];

    private static IEnumerable<int> Blocks(TlbConfig config) => Enumerable.Range(0, config.BlockCount);

    /// <summary>The shapes of the folded weights, in their order.</summary>
    private static long[][] Shapes(TlbConfig config)
    {
        var (attentions, feedForwards) = (AttentionNames(config).Length, FeedForwardNames(config).Length);
        var (d, h) = (config.EmbeddingDimension, config.NumberOfHeads);
        return [
            [attentions, d, h * d], [attentions, h * d],                     // probes
            [attentions, h * d, d], [attentions, d],                         // reads
            [attentions, d, d], [attentions, h, d],                          // reads of one, shifts
            [feedForwards, d, 4 * d], [feedForwards, 4 * d],                 // widen
            [feedForwards, 4 * d, d], [feedForwards, d],                     // narrow
            [config.PatchSize * config.PatchSize * TlbConfig.Channels, d], [d], [config.TokenCount, d], [d], [d],
            [d, config.NumberOfClasses], [config.NumberOfClasses]];
    }
}
