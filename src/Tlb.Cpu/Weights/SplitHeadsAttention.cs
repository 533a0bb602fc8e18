namespace Tlb.Cpu;

/// <summary>Heads that share the width of a token (the paper's form): the scale and shift before each projection folded into it.</summary>
/// <remarks>
/// The query's also holds the 1 / sqrt(W) of the scores. The shift before the key adds the same to the scores of all keys, which cancels
/// in the softmax: it is left out. A normalisation that several projections read collects the gradients of all of them.
/// </remarks>
internal sealed class SplitHeadsAttention : FoldedAttention
{
    private readonly AttentionPlan _plan;
    private readonly float _scale;

    public SplitHeadsAttention(TlbConfig config, AttentionPlan plan, GradientLayout? gradients)
        : base(Square(config, gradients), Square(config, gradients), Square(config, gradients), Square(config, gradients))
    {
        _plan = plan;
        _scale = 1 / MathF.Sqrt(config.EmbeddingDimension / config.NumberOfHeads);
    }

    public override void Fold(NetworkWeights weights)
    {
        Fold(Probe, _plan.QueryNorm, "query", _scale, hasShift: true);
        Fold(Key!, _plan.KeyNorm, "key", 1, hasShift: false);
        Fold(Value!, _plan.ValueNorm, "value", 1, hasShift: true);
        using Scratch noBias = new(Read.Outputs);
        Read.Set(weights[$"{_plan.Name}.output.kernel"], noBias);

        void Fold(Linear linear, string norm, string projection, float factor, bool hasShift)
        {
            Span<float> kernel = weights[$"{_plan.Name}.{projection}.kernel"];
            using Scratch scaled = new(kernel.Length), bias = new(linear.Outputs);
            FoldedNorm.Fold(weights, norm, kernel, factor, scaled, hasShift ? bias.AsSpan() : []);
            linear.Set(scaled, bias);
        }
    }

    private static Linear Square(TlbConfig config, GradientLayout? gradients) => new(config.EmbeddingDimension, config.EmbeddingDimension, gradients);

    public override void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        Unfold(gradients, Probe, _plan.QueryNorm, "query", _scale, hasShift: true);
        Unfold(gradients, Key!, _plan.KeyNorm, "key", 1, hasShift: false);
        Unfold(gradients, Value!, _plan.ValueNorm, "value", 1, hasShift: true);
        Read.MatrixGradient.CopyTo(gradients, target[$"{_plan.Name}.output.kernel"]);

        void Unfold(ReadOnlySpan<float> gradients, Linear linear, string norm, string projection, float factor, bool hasShift)
        {
            var kernel = $"{_plan.Name}.{projection}.kernel";
            FoldedNorm.Unfold(
                weights, target, norm, weights[kernel], factor, linear.MatrixGradient, 0, gradients,
                hasShift ? linear.BiasGradient.Row(gradients, 0) : [], target[kernel]);
        }
    }
}
