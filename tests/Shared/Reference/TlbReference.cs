namespace Tlb.Tests;

/// <summary>
/// The Temporal Latent Bottleneck network as the paper writes it (Didolkar et al., 2022, Algorithm 1), in both its forms: one image at a
/// time, in double precision, nothing folded, packed or left out. What the engines are held against.
/// </summary>
/// <remarks>
/// In the shapes: S and P are the sides of an image and of a patch, N the tokens, C the chunks, K the tokens of a chunk, V the state
/// vectors, D the features, H the heads, W the features of a head; T and U are any number of tokens.
/// </remarks>
internal sealed class TlbReference(NetworkWeights weights)
{
    private readonly TlbConfig _config = weights.Config;
    private readonly bool _isPaper = weights.Config.Form == TlbForm.Paper;
    private readonly Dictionary<string, double[]> _weights = weights.Layout
        .ToDictionary(parameter => parameter.Name, parameter => Array.ConvertAll(weights[parameter.Name].ToArray(), value => (double)value));

    /// <summary>What a step of the recurrence gives.</summary>
    /// <param name="Fast">The fast stream: what F made of the chunk, [K, D].</param>
    /// <param name="State">The slow stream: the state after the chunk, [V, D].</param>
    /// <param name="Scores">What each state vector attended to in the chunk when it was updated, [H][V, K].</param>
    public sealed record Step(double[,] Fast, double[,] State, double[][,] Scores)
    {
        /// <summary>The attention to each token: the maximum over the state vectors, then the mean over the heads, [K].</summary>
        public double[] Attention => Vector(Rows(Fast), k => Scores.Average(head => Range(Rows(State)).Max(s => head[s, k])));

        /// <summary>The attention of each state vector to each token: the mean over the heads, [V, K].</summary>
        public double[,] StateAttention => Matrix(Rows(State), Rows(Fast), (s, k) => Scores.Average(head => head[s, k]));
    }

    /// <summary>The values of a parameter. They may be changed.</summary>
    public double[] Weight(string name) => _weights[name];

    /// <summary>Classifies an image.</summary>
    /// <param name="image">Red, green and blue between 0 and 1, [S, S, 3].</param>
    /// <returns>The probability of each class, [classes], and the step of each chunk, C of them.</returns>
    public (double[] Probabilities, List<Step> Steps) Classify(float[] image)
    {
        var (k, d) = (_config.ChunkSize, _config.EmbeddingDimension);
        var tokens = Embed(image);                                           // [N, D]
        var state = StartState();                                            // I_0, [V, D]
        List<Step> steps = [];
        for (var l = 0; l < _config.ChunkCount; l++)
        {
            var first = l * k;
            var chunk = Matrix(Math.Min(k, Rows(tokens) - first), d, (t, f) => tokens[first + t, f]); // [K, D], the last one maybe of fewer
            var step = TakeStep(chunk, state);
            state = step.State;                                              // [V, D]
            steps.Add(step);
        }
        var probabilities = Softmax(Dense("head", ReadOut(steps)));          // [1, classes]
        return ([.. probabilities.Cast<double>()], steps);                   // [classes]
    }

    /// <summary>The loss of an image: -log of its class's probability.</summary>
    public double Loss(float[] image, int label) => -Math.Log(Classify(image).Probabilities[label]);

    /// <summary>A step of the recurrence, the body of Algorithm 1's loop.</summary>
    /// <param name="chunk">The tokens of chunk l, [K, D].</param>
    /// <param name="state">The state before it, [V, D].</param>
    public Step TakeStep(double[,] chunk, double[,] state)
    {
        if (_isPaper && _config.StateKind == StateKind.Sinusoidal)
            state = AddPlaces(state);                                        // [V, D]: anew before each chunk
        var fast = F(chunk, state);                                          // X_l = F(X_l, I_{l-1}), [K, D]
        var (next, scores) = G(state, fast);                                 // I_l = G(I_{l-1}, X_l), [V, D] and [H][V, K]
        return new(fast, next, scores);
    }

    /// <summary>Makes tokens of an image, tells their places apart, and puts them in the order of reading.</summary>
    /// <param name="image">[S, S, 3].</param>
    /// <returns>[N, D].</returns>
    public double[,] Embed(float[] image)
    {
        var order = TokenOrder.Of(_config);
        var grid = _config.Tokenizer == TokenizerKind.Patches ? Patches(image) : Convolutions(image); // [N, D], left to right, then down
        var tokens = Matrix(Rows(grid), Columns(grid), (t, f) => grid[order[t], f]); // [N, D]
        if (_config.Positions == PositionKind.Sinusoidal)
        {
            tokens = AddPlaces(tokens);
        }
        else
        {
            var position = Weight("patch.position_embedding");
            tokens = Matrix(Rows(grid), Columns(grid), (t, f) => grid[order[t], f] + position[t * Columns(grid) + f]);
        }
        return _config.Tokenizer == TokenizerKind.Patches ? Norm("patch.ln", tokens) : tokens;
    }

    /// <summary>A projection of each patch: [S, S, 3] to [N, D].</summary>
    private double[,] Patches(float[] image)
    {
        var (size, patch, grid) = (_config.ImageSize, _config.PatchSize, _config.GridSize);
        var row = patch * TlbConfig.Channels;                                // the values in a row of a patch
        return Dense("patch.projection", Matrix(_config.TokenCount, patch * row, (t, i) =>
            image[(t / grid * patch + i / row) * size * TlbConfig.Channels + t % grid * row + i % row])); // [N, P*P*3]
    }

    /// <summary>Convolutions with their margins black, ReLU, and of most the largest of every other window: [S, S, 3] to [N, D].</summary>
    private double[,] Convolutions(float[] image)
    {
        int size = _config.ImageSize, kernel = _config.ConvolutionKernel;
        var x = Matrix(size * size, TlbConfig.Channels, (p, c) => image[p * TlbConfig.Channels + c]); // [S*S, channels]
        for (var layer = 0; layer < _config.ConvolutionCount; layer++)
        {
            var (input, side, channels) = (x, size, Columns(x));
            var windows = Matrix(side * side, kernel * kernel * channels, (p, i) =>
                At(input, side, p / side + i / channels / kernel - kernel / 2, p % side + i / channels % kernel - kernel / 2, i % channels) ?? 0);
            var y = Dense($"tokenizer.{layer}", windows);                    // [S*S, channels]
            var (step, window) = _config.ConvolutionPools(layer) ? (2, _config.ConvolutionPooling) : (1, 1);
            var left = (side + step - 1) / step;
            x = Matrix(left * left, Columns(y), (p, c) => Range(window * window).Max(i =>
                Math.Max(0, At(y, side, p / left * step + i / window - (window - 1) / 2, p % left * step + i % window - (window - 1) / 2, c) ?? 0))); // [S/2*S/2 or S*S, channels]
            size = left;
        }
        return x;

        static double? At(double[,] image, int side, int row, int column, int channel) =>
            row < 0 || column < 0 || row >= side || column >= side ? null : image[row * side + column, channel];
    }

    /// <summary>I_0: zeros, or vectors that are learned, [V, D].</summary>
    private double[,] StartState()
    {
        var d = _config.EmbeddingDimension;
        if (!_isPaper)
            return new double[_config.ChunkSize, d];
        if (_config.StateKind == StateKind.Sinusoidal)
            return new double[_config.NumberOfStates, d];
        var start = Weight("state.start");
        return Matrix(_config.NumberOfStates, d, (v, f) => start[v * d + f]);
    }

    /// <summary>What the classes are read from, [1, D] or [1, 2D].</summary>
    private double[,] ReadOut(List<Step> steps)
    {
        var d = _config.EmbeddingDimension;
        if (!_isPaper)
            return Mean(steps[^1].Fast);                                     // the state after the last chunk is not read
        var state = _config.ReadOut == ReadOutKind.Tokens ? null : Mean(Norm("state.ln", steps[^1].State)); // [1, D]
        var tokens = _config.ReadOut == ReadOutKind.State ? null : Pool(Stack(steps.ConvertAll(step => step.Fast))); // [1, D]
        return tokens is null ? state! : state is null ? tokens : Matrix(1, 2 * d, (_, f) => f < d ? tokens[0, f] : state[0, f - d]);
    }

    /// <summary>Sequence pooling: the mean of the tokens, weighted by the softmax of a score of each; [N, D] to [1, D].</summary>
    private double[,] Pool(double[,] tokens)
    {
        var normed = Norm("pool.ln", tokens);                                // [N, D]
        var kernel = Weight("pool.score.kernel");                            // [D, 1]
        var shares = Softmax(Matrix(1, Rows(tokens), (_, t) => Product(normed, t, kernel, 0, 1))); // [1, N]
        return Matrix(1, Columns(tokens), (_, f) => Sum(Rows(tokens), t => shares[0, t] * normed[t, f]));
    }

    /// <summary>F, the perceptual module.</summary>
    private double[,] F(double[,] x, double[,] state)
    {
        for (var i = 0; i < _config.BlockCount; i++)
            x = _isPaper ? PaperBlock(i, x, state) : KerasBlock(i, x, state); // [K, D]
        return x;
    }

    /// <summary>R blocks attend among the chunk's tokens, the next one to the state.</summary>
    private double[,] PaperBlock(int i, double[,] x, double[,] state) => i % (_config.R + 1) == _config.R
        ? FeedForward($"pm.{i}.ffn", Attend($"pm.{i}.cross", x, state).Output) // [K, D]
        : FeedForward($"pm.{i}.ffn", Attend($"pm.{i}.self", x, x).Output);   // [K, D]

    /// <summary>Every block attends among the chunk's tokens; every R-th of them then to the state.</summary>
    private double[,] KerasBlock(int i, double[,] x, double[,] state)
    {
        x = FeedForward($"pm.{i}.ffn", Attend($"pm.{i}.fast", x, x).Output); // [K, D]
        return i % _config.R == 0
            ? FeedForward($"pm.{i}.ffn", Attend($"pm.{i}.slow", x, state).Output) // [K, D], by the same feed-forward layer
            : x;
    }

    /// <summary>G, the temporal latent bottleneck: the state attends to what the fast stream made of the chunk.</summary>
    private (double[,] State, double[][,] Scores) G(double[,] state, double[,] fast)
    {
        var (attended, scores) = Attend(_isPaper ? "tlb.cross" : "tlb.fast", state, fast); // [V, D] and [H][V, K]
        return (FeedForward("tlb.ffn", attended), scores);
    }

    /// <summary>
    /// Attention of some tokens to some context: x + sum over heads of softmax(q k' / sqrt(W)) v O, and its bias. Heads of the Keras
    /// example are as wide as a token and have biases; those of the paper share a token's width and have none.
    /// </summary>
    /// <param name="name">The layer.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="context">[U, D].</param>
    /// <returns>[T, D], and the scores of each head, [H][T, U].</returns>
    private (double[,] Output, double[][,] Scores) Attend(string name, double[,] x, double[,] context)
    {
        var (heads, d) = (_config.NumberOfHeads, _config.EmbeddingDimension);
        var width = _isPaper ? d / heads : d;                                // W
        var kernel = Weight($"{name}.output.kernel");                        // [H, W, D]
        var bias = _isPaper ? new double[d] : Weight($"{name}.output.bias"); // [D]
        var output = Matrix(Rows(x), d, (t, f) => x[t, f] + bias[f]);        // [T, D]
        var (forQ, forK, forV) = Normalized();                               // [T, D], [U, D], [U, D]
        var scores = new double[heads][,];
        for (var h = 0; h < heads; h++)
        {
            var q = Project($"{name}.query", h, width, forQ);                // [T, W]
            var k = Project($"{name}.key", h, width, forK);                  // [U, W]
            var v = Project($"{name}.value", h, width, forV);                // [U, W]
            var p = Softmax(Matrix(Rows(q), Rows(k), (t, u) => Sum(width, i => q[t, i] * k[u, i]) / Math.Sqrt(width))); // [T, U]
            var read = Matrix(Rows(p), width, (t, i) => Sum(Rows(v), u => p[t, u] * v[u, i])); // [T, W]
            output = Matrix(Rows(read), d, (t, f) => output[t, f] + Product(read, t, kernel, h * width * d + f, d)); // [T, D]
            scores[h] = p;
        }
        return (output, scores);

        (double[,], double[,], double[,]) Normalized()
        {
            if (!_isPaper)
                return (Norm($"{name}.q_ln", x), Norm($"{name}.k_ln", context), Norm($"{name}.v_ln", context));
            if (ReferenceEquals(x, context))
                return (Norm($"{name}.ln", x), Norm($"{name}.ln", x), Norm($"{name}.ln", x));
            var normed = Norm($"{name}.kv_ln", context);
            return (Norm($"{name}.q_ln", x), normed, normed);
        }
    }

    /// <summary>A head's part of a projection: [T, D] by [D, H, W] to [T, W].</summary>
    private double[,] Project(string name, int head, int width, double[,] x)
    {
        var stride = _config.NumberOfHeads * width;
        var (kernel, bias) = (Weight($"{name}.kernel"), _isPaper ? new double[stride] : Weight($"{name}.bias"));
        return Matrix(Rows(x), width, (t, f) => bias[head * width + f] + Product(x, t, kernel, head * width + f, stride));
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

    /// <summary>Adds sines and cosines of each row's place.</summary>
    private static double[,] AddPlaces(double[,] x) => Matrix(Rows(x), Columns(x), (t, f) => x[t, f] + Wave(t / Math.Pow(10_000, (f - f % 2) / (double)Columns(x)), f));

    private static double Wave(double angle, int feature) => feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);

    /// <summary>The mean of the rows, [1, D].</summary>
    private static double[,] Mean(double[,] x) => Matrix(1, Columns(x), (_, f) => Sum(Rows(x), t => x[t, f]) / Rows(x));

    /// <summary>Rows below rows.</summary>
    private static double[,] Stack(List<double[,]> parts)
    {
        double[] values = [.. parts.SelectMany(part => part.Cast<double>())];
        var columns = Columns(parts[0]);
        return Matrix(values.Length / columns, columns, (t, f) => values[t * columns + f]);
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
