namespace Tlb.Cpu;

/// <summary>Heads as wide as a token (the Keras example's form): query and key folded into one matrix, value and output into another.</summary>
/// <remarks>
/// A score is (M n + c) . (P m + e), where n and m are the normalised query and key tokens, and M, c, P, e hold the
/// projections with the scales and shifts of their normalisations. Terms without m are the same for all keys and cancel in the
/// softmax, so the score is the probe (P'M n + P'c) times m. What is read is O (R z + f s) with z the weighted mean of the tokens
/// and s the sum of the weights. Both hold exactly, for each head; 4 D x D products of a token become 2.
/// </remarks>
internal sealed class WideHeadsAttention : FoldedAttention
{
    private readonly string _name;
    private readonly Projection _query;
    private readonly Projection _key;
    private readonly Projection _value;
    private readonly int _dimension;
    private readonly int _heads;
    private readonly float _scale;

    public WideHeadsAttention(TlbConfig config, AttentionPlan plan, GradientLayout? gradients)
        : base(
            new(config.EmbeddingDimension, config.NumberOfHeads * config.EmbeddingDimension, gradients),
            new(config.NumberOfHeads * config.EmbeddingDimension + config.NumberOfHeads, config.EmbeddingDimension, gradients))
    {
        (_name, _dimension, _heads) = (plan.Name, config.EmbeddingDimension, config.NumberOfHeads);
        (_query, _key, _value) = (new(_name, plan.QueryNorm, "query"), new(_name, plan.KeyNorm, "key"), new(_name, plan.ValueNorm, "value"));
        _scale = 1 / MathF.Sqrt(_dimension);
    }

    public override void Fold(NetworkWeights weights)
    {
        var (d, h) = (_dimension, _heads);
        using Scratch probe = new(d * h * d), probeBias = new(h * d), read = new((h * d + h) * d);
        using var head = new Head(this, weights);
        for (var i = 0; i < h; i++)
        {
            head.Load(i);
            for (var row = 0; row < d; row++)
            {
                var target = probe.AsSpan(row * h * d + i * d, d);
                for (var column = 0; column < d; column++)
                    target[column] = _scale * SmallMatrix.Dot(head.Row(head.Query, row), head.Row(head.Key, column));
                for (var f = 0; f < d; f++)
                    SmallMatrix.AddScaled(read.AsSpan((i * d + row) * d, d), head.OutputRow(f), head.Value[row * d + f]);
                probeBias[i * d + row] = _scale * SmallMatrix.Dot(head.QueryBias, head.Row(head.Key, row));
            }
            for (var f = 0; f < d; f++)
                SmallMatrix.AddScaled(read.AsSpan((h * d + i) * d, d), head.OutputRow(f), head.ValueBias[f]);
        }
        Probe.Set(probe, probeBias);
        Read.Set(read, weights[$"{_name}.output.bias"]);
    }

    /// <inheritdoc/>
    /// <remarks>Those of the key bias and of the shift before it are zero, exactly.</remarks>
    public override void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target)
    {
        var (d, h) = (_dimension, _heads);
        using Scratch matrix = new(d), row = new(d), bias = new(d);
        using var head = new Head(this, weights);
        var output = target[$"{_name}.output.kernel"];
        for (var i = 0; i < h; i++)
        {
            head.Load(i);
            var probeBias = Probe.BiasGradient.Row(gradients, 0).Slice(i * d, d);

            bias.AsSpan().Clear();
            for (var j = 0; j < d; j++)
                SmallMatrix.AddScaled(bias, head.Row(head.Key, j), _scale * probeBias[j]);
            for (var n = 0; n < d; n++)
            {
                row.AsSpan().Clear();                                        // of the query's folded kernel
                var probe = Probe.MatrixGradient.Row(gradients, n).Slice(i * d, d);
                for (var j = 0; j < d; j++)
                    SmallMatrix.AddScaled(row, head.Row(head.Key, j), _scale * probe[j]);
                Spread(weights, target, _query, n, i, row, bias);
            }
            bias.AsSpan().CopyTo(target[_query.Bias][(i * d)..]);

            for (var j = 0; j < d; j++)
            {
                row.AsSpan().Clear();                                        // of the key's folded kernel
                for (var n = 0; n < d; n++)
                    SmallMatrix.AddScaled(row, head.Row(head.Query, n), _scale * Probe.MatrixGradient.Row(gradients, n)[i * d + j]);
                SmallMatrix.AddScaled(row, head.QueryBias, _scale * probeBias[j]);
                Spread(weights, target, _key, j, i, row, default);
            }

            var sumGradient = Read.MatrixGradient.Row(gradients, h * d + i);
            for (var f = 0; f < d; f++)
                bias[f] = SmallMatrix.Dot(sumGradient, head.OutputRow(f));
            for (var m = 0; m < d; m++)
            {
                var read = Read.MatrixGradient.Row(gradients, i * d + m);
                for (var f = 0; f < d; f++)
                    row[f] = SmallMatrix.Dot(read, head.OutputRow(f));
                Spread(weights, target, _value, m, i, row, bias);
            }
            bias.AsSpan().CopyTo(target[_value.Bias][(i * d)..]);

            for (var f = 0; f < d; f++)
            {
                matrix.AsSpan().Clear();                                     // of the output kernel
                for (var m = 0; m < d; m++)
                    SmallMatrix.AddScaled(matrix, Read.MatrixGradient.Row(gradients, i * d + m), head.Value[m * d + f]);
                SmallMatrix.AddScaled(matrix, sumGradient, head.ValueBias[f]);
                matrix.AsSpan().CopyTo(output[((i * d + f) * d)..]);
            }
        }
        Read.BiasGradient.Row(gradients, 0).CopyTo(target[$"{_name}.output.bias"]);
    }

    /// <summary>From the gradient of a row of (scale x kernel) and of (shift x kernel + bias) to those of scale, shift and kernel.</summary>
    private void Spread(
        NetworkWeights weights, NetworkWeights target, Projection projection, int input, int head, ReadOnlySpan<float> row, ReadOnlySpan<float> bias)
    {
        var at = (input * _heads + head) * _dimension;
        var kernel = weights[projection.Kernel].Slice(at, _dimension);
        var kernelGradient = target[projection.Kernel].Slice(at, _dimension);
        kernelGradient.Clear();
        SmallMatrix.AddScaled(kernelGradient, row, weights[projection.Gamma][input]);
        target[projection.Gamma][input] += SmallMatrix.Dot(row, kernel);
        if (bias.IsEmpty)
            return;
        SmallMatrix.AddScaled(kernelGradient, bias, weights[projection.Beta][input]);
        target[projection.Beta][input] += SmallMatrix.Dot(bias, kernel);
    }

    /// <summary>The names of a projection's parameters, and of those of the normalisation before it: made once, not for each row.</summary>
    private sealed class Projection(string attention, string norm, string projection)
    {
        public string Kernel { get; } = $"{attention}.{projection}.kernel";

        public string Bias { get; } = $"{attention}.{projection}.bias";

        public string Gamma { get; } = $"{norm}.gamma";

        public string Beta { get; } = $"{norm}.beta";
    }

    /// <summary>One head's kernels with the scales and shifts of the normalisations before them, [D, D] each.</summary>
    private sealed class Head(WideHeadsAttention attention, NetworkWeights weights) : IDisposable
    {
        private readonly int _dimension = attention._dimension;
        private readonly Memory<float> _output = weights.Of(weights.Layout[$"{attention._name}.output.kernel"]);
        private readonly Scratch _keyBias = new(attention._dimension);       // the same for all keys: it cancels
        private int _index;

        public Scratch Query { get; } = new(attention._dimension * attention._dimension);

        public Scratch Key { get; } = new(attention._dimension * attention._dimension);

        public Scratch Value { get; } = new(attention._dimension * attention._dimension);

        public Scratch QueryBias { get; } = new(attention._dimension);

        public Scratch ValueBias { get; } = new(attention._dimension);

        public ReadOnlySpan<float> Row(Scratch matrix, int row) => matrix.AsSpan(row * _dimension, _dimension);

        /// <summary>The row of the output kernel that a feature of this head goes to.</summary>
        public ReadOnlySpan<float> OutputRow(int feature) => _output.Span.Slice((_index * _dimension + feature) * _dimension, _dimension);

        public void Load(int head)
        {
            _index = head;
            Scale(attention._query, Query, QueryBias);
            Scale(attention._key, Key, _keyBias);
            Scale(attention._value, Value, ValueBias);
        }

        public void Dispose()
        {
            foreach (var scratch in new[] { _keyBias, Query, Key, Value, QueryBias, ValueBias })
                scratch.Dispose();
        }

        private void Scale(Projection projection, Span<float> scaled, Span<float> bias)
        {
            var (d, heads) = (_dimension, attention._heads);
            Span<float> kernel = weights[projection.Kernel], gamma = weights[projection.Gamma], beta = weights[projection.Beta];
            weights[projection.Bias].Slice(_index * d, d).CopyTo(bias);
            scaled.Clear();
            for (var i = 0; i < d; i++)
            {
                var row = kernel.Slice((i * heads + _index) * d, d);
                SmallMatrix.AddScaled(scaled.Slice(i * d, d), row, gamma[i]);
                SmallMatrix.AddScaled(bias, row, beta[i]);
            }
        }
    }
}
