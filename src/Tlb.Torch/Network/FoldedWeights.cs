using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The weights of a network as it computes with them: what does not depend on the images is multiplied out, for all layers at a time.</summary>
/// <remarks>
/// <para>A normalisation's scale and shift go into the layer after it, so that one normalisation serves queries, keys and values.</para>
/// <para>
/// Heads as wide as a token: for normalised tokens n that ask and m that answer, a head's score is (Q'n + q)'(K'm + k) / sqrt(D). Terms
/// without m are the same for all that answer and cancel in the softmax: the score is the probe K(Q'n + q) / sqrt(D) times m, so m itself
/// is the key. What is read is O'(V'z + v) with z the mean of m, so m is the value too, and V and O are one matrix. All of it is exact,
/// and gradients flow through it to the weights. (For narrower heads it would be exact too, but more arithmetic, not less.)
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
    /// <param name="constants">The numbers that are not learned; null to have them made, in the dispose scope that there is.</param>
    public FoldedWeights(TlbConfig config, Tensor folded, ScalarType computeType, NetworkConstants? constants = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(folded);
        (Type, ComputeType) = (folded.dtype, computeType);
        constants ??= new(config, computeType, folded.device);
        var plan = new NetworkPlan(config);
        var parts = FoldedPart.Of(config, plan);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (part, values) in parts.Zip(folded.to(computeType).split([.. parts.Select(part => part.Count)])))
            tensors.Add(part.Name, values.view(part.Shape));

        if (plan.HasWideHeads)
            AddWideHeads();
        else
            AddNarrowHeads();
        var (widen, widenBiases, narrow, narrowBiases) = (OfLayers("widen"), OfLayers("widen.bias"), OfLayers("narrow"), OfLayers("narrow.bias"));
        foreach (var (i, name) in plan.FeedForwards.Index())
            _feedForwards.Add(name, (new(widen[i], widenBiases[i]), new(narrow[i], narrowBiases[i])));

        PatchProjection = tensors.TryGetValue("patches", out var patches) ? new(patches, tensors["patches.bias"]) : null;
        Convolutions = [.. FoldedPart.Convolutions(config).Select(name => (tensors[name], tensors[$"{name}.bias"]))];
        Order = constants.Order;
        Positions = constants.Positions ?? tensors["positions"];
        TokenNorm = tensors.TryGetValue("tokens.scale", out var scale) ? (scale, tensors["tokens.shift"]) : null;
        StateStart = tensors.GetValueOrDefault("state");
        StatePlaces = constants.StatePlaces;
        Pool = tensors.TryGetValue("pool", out var pool) ? new(pool) : null;

        var last = parts[^2].Count + parts[^1].Count;                        // the classifier computes in the weights' own type
        var classifier = folded.narrow(0, folded.shape[0] - last, last).split([parts[^2].Count, parts[^1].Count]);
        Classifier = new(classifier[0].view(parts[^2].Shape), classifier[1]);

        void AddWideHeads()
        {
            var (probes, probeBiases, reads, readBiases) = (OfLayers("probe"), OfLayers("probe.bias"), OfLayers("read"), OfLayers("read.bias"));
            var (readsOfOne, shifts) = (OfLayers("read of one"), OfLayers("shift"));
            foreach (var (i, attention) in plan.Attentions.Index())
            {
                _attentions.Add(attention.Name, new(
                    new(probes[i], probeBiases[i]), new(reads[i], readBiases[i]), ReadOne: new(readsOfOne[i], readBiases[i]), Shift: shifts[i]));
            }
        }

        void AddNarrowHeads()
        {
            var (projections, biases, outputs) = (OfLayers("projections"), OfLayers("projections.bias"), OfLayers("output")); // [D, 3*D], [3*D], [D, D] each
            ReadOnlySpan<long> streams = [config.EmbeddingDimension, 2 * config.EmbeddingDimension];
            foreach (var (i, attention) in plan.Attentions.Index())
            {
                if (attention.Queries == attention.Context)
                {
                    _attentions.Add(attention.Name, new(new(projections[i], biases[i]), new(outputs[i])));
                    continue;
                }
                var (kernels, ofStreams) = (projections[i].split(streams, 1), biases[i].split(streams)); // the query's; the key's and the value's
                _attentions.Add(attention.Name, new(new(kernels[0], ofStreams[0]), new(outputs[i]), KeyValue: new(kernels[1], ofStreams[1])));
            }
        }

        Tensor[] OfLayers(string name) => tensors[name].unbind(0);
    }

    /// <summary>The type of the weights.</summary>
    public ScalarType Type { get; }

    /// <summary>The type of number that the network computes in, but for its classifier and its loss.</summary>
    public ScalarType ComputeType { get; }

    /// <summary>From a patch's values to its token, [N, P*P*3] to [N, D]; null where there are no patches.</summary>
    public Dense? PatchProjection { get; }

    /// <summary>The kernel, [k, k, in, out], and bias, [out], of each layer of the convolutional tokenizer; empty where there is none.</summary>
    public IReadOnlyList<(Tensor Kernel, Tensor Bias)> Convolutions { get; }

    /// <inheritdoc cref="NetworkConstants.Order"/>
    public Tensor? Order { get; }

    /// <summary>What tells the place of each token in the order of reading, [N, D].</summary>
    public Tensor Positions { get; }

    /// <summary>The scale and shift of the tokens' normalisation, [D] each; null where they are not normalised.</summary>
    public (Tensor Scale, Tensor Shift)? TokenNorm { get; }

    /// <summary>The state before the first chunk, [S, D]; null where it is zero.</summary>
    public Tensor? StateStart { get; }

    /// <inheritdoc cref="NetworkConstants.StatePlaces"/>
    public Tensor? StatePlaces { get; }

    /// <summary>From a normalised token to its score in the mean of all, [N, D] to [N, 1]; null where tokens have none.</summary>
    public Dense? Pool { get; }

    /// <summary>The classifier, [N, D] or [N, 2*D] to [N, classes], in the weights' own type.</summary>
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
        var type = computeType is ScalarType.Float16 or ScalarType.BFloat16 ? weights.Type : ScalarType.Float64;
        var plan = new NetworkPlan(config);
        var folded = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        new AttentionFolding(config, plan, weights, type).AddTo(folded);
        FoldFeedForwards();
        FoldTokenizer();
        FoldReadOut();
        return cat([.. FoldedPart.Of(config, plan).Select(part => folded[part.Name].to(weights.Type).reshape(-1))]);

        void FoldFeedForwards()
        {
            var kernel = Precise("dense1.kernel");                           // [N, D, E*D]
            var shift = Precise("ln.beta").unsqueeze(1).matmul(kernel).squeeze(1); // [N, E*D]
            folded["widen"] = kernel.mul(Precise("ln.gamma").unsqueeze(2));
            folded["widen.bias"] = shift.add(Precise("dense1.bias"), Scalars.One);
            folded["narrow"] = Stack("dense2.kernel");
            folded["narrow.bias"] = Stack("dense2.bias");

            Tensor Stack(string parameter) => stack(plan.FeedForwards.Select(name => weights[$"{name}.{parameter}"])); // [N, ...]: of all layers

            Tensor Precise(string parameter) => Stack(parameter).to(type);
        }

        // As they are.
        void FoldTokenizer()
        {
            Take("patches", "patch.projection.kernel");
            Take("patches.bias", "patch.projection.bias");
            foreach (var name in FoldedPart.Convolutions(config))
            {
                Take(name, $"{name}.kernel");
                Take($"{name}.bias", $"{name}.bias");
            }
            Take("positions", "patch.position_embedding");
            Take("tokens.scale", "patch.ln.gamma");
            Take("tokens.shift", "patch.ln.beta");
            Take("state", "state.start");

            void Take(string part, string parameter)
            {
                if (weights.Find(parameter) is { } values)
                    folded[part] = values;
            }
        }

        void FoldReadOut()
        {
            string[] norms = [.. config.ReadsTokens ? ["pool.ln"] : (string[])[], .. config.ReadsFinalState ? ["state.ln"] : (string[])[]];
            (folded["classifier"], folded["classifier.bias"]) = (weights["head.kernel"], weights["head.bias"]);
            if (norms.Length > 0)
            {
                var kernel = weights["head.kernel"].to(type);                // [D or 2*D, classes]
                var shift = OfNorms("beta").unsqueeze(0).matmul(kernel).squeeze(0); // [classes]
                folded["classifier"] = kernel.mul(OfNorms("gamma").unsqueeze(1));
                folded["classifier.bias"] = shift.add(weights["head.bias"].to(type), Scalars.One);
            }
            if (config.ReadsTokens)                                          // the shift is in all scores, and cancels in the softmax
                folded["pool"] = weights["pool.score.kernel"].mul(weights["pool.ln.gamma"].unsqueeze(1));

            Tensor OfNorms(string parameter) => cat([.. norms.Select(norm => weights[$"{norm}.{parameter}"].to(type))]); // [D or 2*D]
        }
    }

    /// <summary>The weights of an attention.</summary>
    /// <param name="name">Its name, such as <c>pm.0.slow</c>.</param>
    public AttentionWeights Attention(string name) => _attentions[name];

    /// <summary>The two layers of a feed-forward layer, [N, D] to [N, E*D] and back.</summary>
    /// <param name="name">Its name, such as <c>pm.0.ffn</c>.</param>
    public (Dense Widen, Dense Narrow) FeedForward(string name) => _feedForwards[name];
}
