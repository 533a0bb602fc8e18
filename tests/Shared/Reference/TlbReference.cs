namespace Tlb.Tests;

/// <summary>
/// The Temporal Latent Bottleneck network as the paper writes it (Didolkar et al., 2022, Algorithm 1), with the blocks of the Keras
/// example: one image at a time, in double precision, nothing folded, packed or left out. What the engines are held against.
/// </summary>
/// <remarks>
/// In the shapes: S and P are the sides of an image and of a patch, C the chunks, K the tokens of a chunk and the state vectors,
/// D the features, H the heads; T and U are any number of tokens.
/// </remarks>
internal sealed class TlbReference(NetworkWeights weights)
{
    private readonly TlbConfig _config = weights.Config;
    private readonly Dictionary<string, double[]> _weights = weights.Layout
        .ToDictionary(parameter => parameter.Name, parameter => Array.ConvertAll(weights[parameter.Name].ToArray(), value => (double)value));

    /// <summary>What a step of the recurrence gives.</summary>
    /// <param name="Fast">The fast stream: what F made of the chunk, [K, D].</param>
    /// <param name="State">The slow stream: the state after the chunk, [K, D].</param>
    /// <param name="Scores">What each state vector attended to in the chunk when it was updated, [H][K, K].</param>
    public sealed record Step(double[,] Fast, double[,] State, double[][,] Scores)
    {
        /// <summary>The attention to each token: the maximum over the state vectors, then the mean over the heads, [K].</summary>
        public double[] Attention => Vector(Rows(Fast), k => Scores.Average(head => Range(Rows(State)).Max(s => head[s, k])));
    }

    /// <summary>The values of a parameter. They may be changed.</summary>
    public double[] Weight(string name) => _weights[name];

    /// <summary>Classifies an image.</summary>
    /// <param name="image">Red, green and blue between 0 and 1, [S, S, 3].</param>
    /// <returns>The probability of each class, [classes], and the step of each chunk, C of them.</returns>
    public (double[] Probabilities, List<Step> Steps) Classify(float[] image)
    {
        var (k, d) = (_config.ChunkSize, _config.EmbeddingDimension);
        var tokens = Embed(image);                                           // [C*K, D]
        var state = new double[k, d];                                        // I_0 = 0, [K, D]
        List<Step> steps = [];
        for (var l = 0; l < _config.ChunkCount; l++)
        {
            var chunk = Matrix(k, d, (t, f) => tokens[l * k + t, f]);        // [K, D]
            var step = TakeStep(chunk, state);
            state = step.State;                                              // [K, D]
            steps.Add(step);
        }
        var fast = steps[^1].Fast;                                           // [K, D]: the state after the last chunk is not read
        var mean = Matrix(1, d, (_, f) => Sum(k, t => fast[t, f]) / k);      // [1, D]
        var probabilities = Softmax(Dense("head", mean));                    // [1, classes]
        return ([.. probabilities.Cast<double>()], steps);                   // [classes]
    }

    /// <summary>The loss of an image: -log of its class's probability.</summary>
    public double Loss(float[] image, int label) => -Math.Log(Classify(image).Probabilities[label]);

    /// <summary>A step of the recurrence, the body of Algorithm 1's loop.</summary>
    /// <param name="chunk">The tokens of chunk l, [K, D].</param>
    /// <param name="state">The state before it, [K, D].</param>
    public Step TakeStep(double[,] chunk, double[,] state)
    {
        var fast = F(chunk, state);                                          // X_l = F(X_l, I_{l-1}), [K, D]
        var (next, scores) = G(state, fast);                                 // I_l = G(I_{l-1}, X_l), [K, D] and [H][K, K]
        return new(fast, next, scores);
    }

    /// <summary>Makes a token of each patch: a projection, the learned position, a normalisation.</summary>
    /// <param name="image">[S, S, 3].</param>
    /// <returns>[C*K, D], left to right, then down.</returns>
    public double[,] Embed(float[] image)
    {
        var (size, patch, grid, d) = (_config.ImageSize, _config.PatchSize, _config.GridSize, _config.EmbeddingDimension);
        var position = Weight("patch.position_embedding");
        var row = patch * TlbConfig.Channels;                                // the values in a row of a patch
        var patches = Matrix(_config.TokenCount, patch * row, (t, i) =>
            image[(t / grid * patch + i / row) * size * TlbConfig.Channels + t % grid * row + i % row]); // [C*K, P*P*3]
        var tokens = Dense("patch.projection", patches);                     // [C*K, D]
        return Norm("patch.ln", Matrix(_config.TokenCount, d, (t, f) => tokens[t, f] + position[t * d + f]));
    }

    /// <summary>F, the perceptual module: every block attends among the chunk's tokens; every R-th of them then to the state.</summary>
    private double[,] F(double[,] x, double[,] state)
    {
        for (var i = 0; i < _config.BlockCount; i++)
        {
            x = FeedForward($"pm.{i}.ffn", Attend($"pm.{i}.fast", x, x).Output); // [K, D]
            if (i % _config.R == 0)
                x = FeedForward($"pm.{i}.ffn", Attend($"pm.{i}.slow", x, state).Output); // [K, D], by the same feed-forward layer
        }
        return x;
    }

    /// <summary>G, the temporal latent bottleneck: the state attends to what the fast stream made of the chunk.</summary>
    private (double[,] State, double[][,] Scores) G(double[,] state, double[,] fast)
    {
        var (attended, scores) = Attend("tlb.fast", state, fast);            // [K, D] and [H][K, K]
        return (FeedForward("tlb.ffn", attended), scores);
    }

    /// <summary>Attention of some tokens to some context: x + sum over heads of softmax(q k' / sqrt(D)) v O, and its bias.</summary>
    /// <param name="name">The layer.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="context">[U, D].</param>
    /// <returns>[T, D], and the scores of each head, [H][T, U].</returns>
    private (double[,] Output, double[][,] Scores) Attend(string name, double[,] x, double[,] context)
    {
        var (heads, d) = (_config.NumberOfHeads, _config.EmbeddingDimension);
        double[] kernel = Weight($"{name}.output.kernel"), bias = Weight($"{name}.output.bias"); // [H, D, D], [D]
        var output = Matrix(Rows(x), d, (t, f) => x[t, f] + bias[f]);        // [T, D]
        var forQ = Norm($"{name}.q_ln", x);                                  // [T, D]
        var (forK, forV) = (Norm($"{name}.k_ln", context), Norm($"{name}.v_ln", context)); // [U, D]
        var scores = new double[heads][,];
        for (var h = 0; h < heads; h++)
        {
            var q = Project($"{name}.query", h, forQ);                       // [T, D]
            var k = Project($"{name}.key", h, forK);                         // [U, D]
            var v = Project($"{name}.value", h, forV);                       // [U, D]
            var p = Softmax(Matrix(Rows(q), Rows(k), (t, u) => Sum(d, i => q[t, i] * k[u, i]) / Math.Sqrt(d))); // [T, U]
            var read = Matrix(Rows(p), d, (t, i) => Sum(Rows(v), u => p[t, u] * v[u, i])); // [T, D]
            output = Matrix(Rows(read), d, (t, f) => output[t, f] + Product(read, t, kernel, h * d * d + f, d)); // [T, D]
            scores[h] = p;
        }
        return (output, scores);
    }

    /// <summary>A head's part of a projection: [T, D] by [D, H, D] to [T, D].</summary>
    private double[,] Project(string name, int head, double[,] x)
    {
        var (heads, d) = (_config.NumberOfHeads, _config.EmbeddingDimension);
        double[] kernel = Weight($"{name}.kernel"), bias = Weight($"{name}.bias");
        return Matrix(Rows(x), d, (t, f) => bias[head * d + f] + Product(x, t, kernel, head * d + f, heads * d));
    }

    /// <summary>x + W2 GELU(W1 norm(x) + b1) + b2, [T, D] to [T, D].</summary>
    private double[,] FeedForward(string name, double[,] x)
    {
        var wide = Dense($"{name}.dense1", Norm($"{name}.ln", x));           // [T, 4D]
        var hidden = Matrix(Rows(wide), Columns(wide), (t, f) => wide[t, f] * NormalDistribution.ShareBelow(wide[t, f])); // [T, 4D]
        var y = Dense($"{name}.dense2", hidden);                             // [T, D]
        return Matrix(Rows(x), Columns(x), (t, f) => x[t, f] + y[t, f]);
    }

    /// <summary>[T, in] by [in, out] to [T, out].</summary>
    private double[,] Dense(string name, double[,] x)
    {
        double[] kernel = Weight($"{name}.kernel"), bias = Weight($"{name}.bias");
        return Matrix(Rows(x), bias.Length, (t, f) => bias[f] + Product(x, t, kernel, f, bias.Length));
    }

    /// <summary>Each row less its mean, over its standard deviation, scaled and shifted.</summary>
    private double[,] Norm(string name, double[,] x)
    {
        double[] gamma = Weight($"{name}.gamma"), beta = Weight($"{name}.beta");
        var mean = Vector(Rows(x), t => Sum(Columns(x), f => x[t, f]) / Columns(x)); // [T]
        var deviation = Vector(Rows(x), t => Math.Sqrt(Sum(Columns(x), f => (x[t, f] - mean[t]) * (x[t, f] - mean[t])) / Columns(x) + TlbConfig.LayerNormEpsilon)); // [T]
        return Matrix(Rows(x), Columns(x), (t, f) => (x[t, f] - mean[t]) / deviation[t] * gamma[f] + beta[f]);
    }

    /// <summary>Each row becomes positive and sums to 1.</summary>
    private static double[,] Softmax(double[,] x)
    {
        var largest = Vector(Rows(x), t => Range(Columns(x)).Max(f => x[t, f])); // [T]
        var total = Vector(Rows(x), t => Sum(Columns(x), f => Math.Exp(x[t, f] - largest[t]))); // [T]
        return Matrix(Rows(x), Columns(x), (t, f) => Math.Exp(x[t, f] - largest[t]) / total[t]);
    }

    /// <summary>A row of a matrix times a column of a kernel: the values from the first on that are a stride apart.</summary>
    private static double Product(double[,] x, int row, double[] kernel, int first, int stride)
    {
        var (sum, count) = (0.0, Columns(x));
        for (var i = 0; i < count; i++)
            sum += x[row, i] * kernel[first + i * stride];
        return sum;
    }

    private static int Rows(double[,] x) => x.GetLength(0);

    private static int Columns(double[,] x) => x.GetLength(1);

    private static IEnumerable<int> Range(int count) => Enumerable.Range(0, count);

    private static double Sum(int count, Func<int, double> term)
    {
        double sum = 0;
        for (var i = 0; i < count; i++)
            sum += term(i);
        return sum;
    }

    private static double[] Vector(int count, Func<int, double> value) => [.. Range(count).Select(value)];

    private static double[,] Matrix(int rows, int columns, Func<int, int, double> value)
    {
        var matrix = new double[rows, columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                matrix[row, column] = value(row, column);
        return matrix;
    }
}
