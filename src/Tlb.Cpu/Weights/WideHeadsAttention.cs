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
    private readonly AttentionPlan _plan;
    private readonly string _name;
    private readonly int _dimension;
    private readonly int _heads;
    private readonly float _scale;

    public WideHeadsAttention(TlbConfig config, AttentionPlan plan, GradientLayout? gradients)
        : base(
            new(config.EmbeddingDimension, config.NumberOfHeads * config.EmbeddingDimension, gradients),
            new(config.NumberOfHeads * config.EmbeddingDimension + config.NumberOfHeads, config.EmbeddingDimension, gradients))
    {
        (_plan, _name, _dimension, _heads) = (plan, plan.Name, config.EmbeddingDimension, config.NumberOfHeads);
        _scale = 1 / MathF.Sqrt(_dimension);
    }

    public override void Fold(NetworkWeights weights)
    {
        var (d, h) = (_dimension, _heads);
        float[] probe = new float[d * h * d], probeBias = new float[h * d], read = new float[(h * d + h) * d];
        var head = new Head(this);
        for (var i = 0; i < h; i++)
        {
            head.Load(weights, i);
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
        float[] matrix = new float[d], row = new float[d], bias = new float[d];
        var head = new Head(this);
        for (var i = 0; i < h; i++)
        {
            head.Load(weights, i);
            var probeBias = Probe.BiasGradient.Row(gradients, 0).Slice(i * d, d);

            Array.Clear(bias);
            for (var j = 0; j < d; j++)
                SmallMatrix.AddScaled(bias, head.Row(head.Key, j), _scale * probeBias[j]);
            for (var n = 0; n < d; n++)
            {
                Array.Clear(row);                                            // of the query's folded kernel
                var probe = Probe.MatrixGradient.Row(gradients, n).Slice(i * d, d);
                for (var j = 0; j < d; j++)
                    SmallMatrix.AddScaled(row, head.Row(head.Key, j), _scale * probe[j]);
                Spread(weights, target, _plan.QueryNorm, "query", n, i, row, bias);
            }
            bias.CopyTo(target[$"{_name}.query.bias"][(i * d)..]);

            for (var j = 0; j < d; j++)
            {
                Array.Clear(row);                                            // of the key's folded kernel
                for (var n = 0; n < d; n++)
                    SmallMatrix.AddScaled(row, head.Row(head.Query, n), _scale * Probe.MatrixGradient.Row(gradients, n)[i * d + j]);
                SmallMatrix.AddScaled(row, head.QueryBias, _scale * probeBias[j]);
                Spread(weights, target, _plan.KeyNorm, "key", j, i, row, default);
            }

            var sumGradient = Read.MatrixGradient.Row(gradients, h * d + i);
            for (var f = 0; f < d; f++)
                bias[f] = SmallMatrix.Dot(sumGradient, head.OutputRow(f));
            for (var m = 0; m < d; m++)
            {
                var read = Read.MatrixGradient.Row(gradients, i * d + m);
                for (var f = 0; f < d; f++)
                    row[f] = SmallMatrix.Dot(read, head.OutputRow(f));
                Spread(weights, target, _plan.ValueNorm, "value", m, i, row, bias);
            }
            bias.CopyTo(target[$"{_name}.value.bias"][(i * d)..]);

            for (var f = 0; f < d; f++)
            {
                Array.Clear(matrix);                                         // of the output kernel
                for (var m = 0; m < d; m++)
                    SmallMatrix.AddScaled(matrix, Read.MatrixGradient.Row(gradients, i * d + m), head.Value[m * d + f]);
                SmallMatrix.AddScaled(matrix, sumGradient, head.ValueBias[f]);
                matrix.CopyTo(target[$"{_name}.output.kernel"][((i * d + f) * d)..]);
            }
        }
        Read.BiasGradient.Row(gradients, 0).CopyTo(target[$"{_name}.output.bias"]);
    }

    /// <summary>From the gradient of a row of (scale x kernel) and of (shift x kernel + bias) to those of scale, shift and kernel.</summary>
    private void Spread(
        NetworkWeights weights, NetworkWeights target, string norm, string projection, int input, int head, ReadOnlySpan<float> row, ReadOnlySpan<float> bias)
    {
        var at = (input * _heads + head) * _dimension;
        var kernel = weights[$"{_name}.{projection}.kernel"].Slice(at, _dimension);
        var kernelGradient = target[$"{_name}.{projection}.kernel"].Slice(at, _dimension);
        kernelGradient.Clear();
        SmallMatrix.AddScaled(kernelGradient, row, weights[$"{norm}.gamma"][input]);
        target[$"{norm}.gamma"][input] += SmallMatrix.Dot(row, kernel);
        if (bias.IsEmpty)
            return;
        SmallMatrix.AddScaled(kernelGradient, bias, weights[$"{norm}.beta"][input]);
        target[$"{norm}.beta"][input] += SmallMatrix.Dot(bias, kernel);
    }

    /// <summary>One head's kernels with the scales and shifts of the normalisations before them, [D, D] each.</summary>
    private sealed class Head(WideHeadsAttention attention)
    {
        private readonly int _dimension = attention._dimension;
        private float[] _output = [];
        private int _index;

        public float[] Query { get; } = new float[attention._dimension * attention._dimension];

        public float[] Key { get; } = new float[attention._dimension * attention._dimension];

        public float[] Value { get; } = new float[attention._dimension * attention._dimension];

        public float[] QueryBias { get; } = new float[attention._dimension];

        public float[] ValueBias { get; } = new float[attention._dimension];

        public ReadOnlySpan<float> Row(float[] matrix, int row) => matrix.AsSpan(row * _dimension, _dimension);

        /// <summary>The row of the output kernel that a feature of this head goes to.</summary>
        public ReadOnlySpan<float> OutputRow(int feature) => _output.AsSpan((_index * _dimension + feature) * _dimension, _dimension);

        public void Load(NetworkWeights weights, int head)
        {
            if (_output.Length == 0)
                _output = weights[$"{attention._name}.output.kernel"].ToArray();
            _index = head;
            Scale(weights, attention._plan.QueryNorm, "query", Query, QueryBias);
            Scale(weights, attention._plan.KeyNorm, "key", Key, new float[_dimension]);
            Scale(weights, attention._plan.ValueNorm, "value", Value, ValueBias);
        }

        private void Scale(NetworkWeights weights, string norm, string projection, float[] scaled, float[] bias)
        {
            var (d, heads) = (_dimension, attention._heads);
            Span<float> kernel = weights[$"{attention._name}.{projection}.kernel"];
            Span<float> gamma = weights[$"{norm}.gamma"], beta = weights[$"{norm}.beta"];
            weights[$"{attention._name}.{projection}.bias"].Slice(_index * d, d).CopyTo(bias);
            Array.Clear(scaled);
            for (var i = 0; i < d; i++)
            {
                var row = kernel.Slice((i * heads + _index) * d, d);
                SmallMatrix.AddScaled(scaled.AsSpan(i * d, d), row, gamma[i]);
                SmallMatrix.AddScaled(bias, row, beta[i]);
            }
        }
    }
}
