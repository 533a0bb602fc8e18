using static Tlb.Core.OnnxGraph;

namespace Tlb.Core;

/// <summary>Writes down what a network computes as a graph of ONNX operators, from the bytes of images to probabilities.</summary>
/// <remarks>
/// The recurrence is unrolled: a chunk's nodes follow those of the one before, and all chunks use the same weights, which keep their names.
/// In the shapes: N is the batch, S the side of the network's image, G the side of the grid of tokens, P that of a patch, T the tokens, K
/// those of a chunk, V the state vectors, D the features, H the heads, W the features of a head; X and Y are any number of tokens.
/// </remarks>
internal sealed class OnnxNetwork
{
    private readonly OnnxGraph _graph = new();
    private readonly NetworkWeights _weights;
    private readonly TlbConfig _config;
    private readonly NetworkPlan _plan;

    private OnnxNetwork(NetworkWeights weights) => (_weights, _config, _plan) = (weights, weights.Config, new(weights.Config));

    /// <summary>Draws up the graph of a network: the input <c>image</c>, [N, height, width, 3], and the output <c>probabilities</c>, [N, classes].</summary>
    /// <param name="weights">The network.</param>
    /// <param name="layout">The images it is to read.</param>
    /// <param name="averageMirrorImages">Whether the probabilities are means with those of the mirror images.</param>
    public static OnnxGraph Build(NetworkWeights weights, ImageLayout layout, bool averageMirrorImages)
    {
        var network = new OnnxNetwork(weights);
        network.Build(layout, averageMirrorImages);
        return network._graph;
    }

    private void Build(ImageLayout layout, bool averageMirrorImages)
    {
        _graph.Scope = "image";
        var image = Image(layout);                                           // [N, S, S, 3]
        if (averageMirrorImages)
            image = _graph.Node("Concat", [image, Mirror(image)], With("axis", 0)); // [2N, S, S, 3]: in all that follows N is twice as many
        _graph.Scope = "tokens";
        var chunks = Chunks(Tokens(image));                                  // [N, K, D] each
        var state = StartState();                                            // I_0, [1, V, D]
        for (var l = 0; l < chunks.Length; l++)
        {
            if (l > 0 && _config.AddsStatePlaces)
                state = Add(state, StatePlaces());                           // [N, V, D]: anew before each chunk
            Run(_plan.Fast, l, ref chunks[l], ref state);                    // X_l = F(X_l, I_{l-1}), [N, K, D]
            if (l < chunks.Length - 1 || _config.ReadsFinalState)
                Run(_plan.Slow, l, ref chunks[l], ref state);                // I_l = G(I_{l-1}, X_l), [N, V, D]
        }
        _graph.Scope = "head";
        var scores = Dense("head", ReadOut(chunks, state), _config.NumberOfClasses); // [N, classes]
        var probabilities = Softmax(scores, axis: -1);
        if (averageMirrorImages)
            probabilities = MeanOverAxis(Reshape(probabilities, "head.mirrored", 2, -1, _config.NumberOfClasses), axis: 0); // [2N, classes] to [2, N, classes] to [N, classes]
        _graph.Output("probabilities", probabilities, _config.NumberOfClasses);
    }

    /// <summary>The input, scaled and resized: [N, height, width, 3] to [N, S, S, 3].</summary>
    private string Image(ImageLayout layout)
    {
        var isByte = layout.PixelType == PixelType.Byte;
        var x = _graph.Input("image", isByte ? OnnxType.Byte : OnnxType.Single, layout.Height, layout.Width, TlbConfig.Channels); // [N, height, width, 3]
        if (isByte)
            x = _graph.Node("Cast", [x], With("to", (long)OnnxType.Single));
        if (layout.Offset != 0)
            x = _graph.Node("Sub", [x, _graph.Constant("image.offset", [], layout.Offset)]);
        if (layout.Scale != 1)
            x = _graph.Node("Mul", [x, _graph.Constant("image.scale", [], layout.Scale)]);
        x = Resize(x, "rows", axis: 1, layout.Height);                       // [N, S, width, 3]
        return Resize(x, "columns", axis: 2, layout.Width);                  // [N, S, S, 3]
    }

    /// <summary>Swaps left and right.</summary>
    private string Mirror(string image) =>
        _graph.Node("Slice", [image, _graph.Constant("mirror.start", -1L), _graph.Constant("mirror.end", -1L - _config.ImageSize), _graph.Constant("mirror.axis", 2L), _graph.Constant("mirror.step", -1L)]);

    /// <summary>
    /// Resizes the rows or columns of images. ONNX's own Resize works out places in 32-bit floats; these are the places of
    /// <see cref="BilinearTap"/>, exactly.
    /// </summary>
    private string Resize(string x, string name, int axis, int from)
    {
        var size = _config.ImageSize;
        if (from == size)
            return x;
        var taps = BilinearTap.Resize(from, size);
        var first = Take(x, axis, $"image.{name}.first", [.. taps.Select(tap => (long)tap.First)]); // S along the axis
        var second = Take(x, axis, $"image.{name}.second", [.. taps.Select(tap => (long)tap.Second)]); // the same
        var share = _graph.Constant($"image.{name}.share", axis == 1 ? [size, 1, 1] : [size, 1], [.. taps.Select(tap => tap.Share)]);
        return Add(first, _graph.Node("Mul", [_graph.Node("Sub", [second, first]), share]));
    }

    /// <summary>Makes tokens of images, puts them in the order of reading, and tells their places apart: [N, S, S, 3] to [N, T, D].</summary>
    private string Tokens(string image)
    {
        var (count, d) = (_config.TokenCount, _config.EmbeddingDimension);
        var tokens = _config.Tokenizer == TokenizerKind.Patches ? Patches(image) : Convolutions(image); // [N, T, D], left to right, then down
        if (_config.ChunkOrder != ChunkOrder.Strips)
            tokens = Take(tokens, axis: 1, "tokens.order", [.. TokenOrder.Of(_config).Select(place => (long)place)]);
        tokens = Add(tokens, _config.Positions == PositionKind.Learned
            ? Weight("patch.position_embedding", count, d)
            : _graph.Constant("patch.positions", [count, d], SinusoidalEmbedding.Of(count, d)));
        return _config.NormalizesTokens ? Norm("patch.ln", tokens) : tokens;
    }

    /// <summary>A projection of each patch: [N, S, S, 3] to [N, T, D].</summary>
    private string Patches(string image)
    {
        int grid = _config.GridSize, patch = _config.PatchSize, row = patch * TlbConfig.Channels;
        var rows = Reshape(image, "patch.rows", 0, grid, patch, grid, row);  // [N, G, P, G, P*3]
        var patches = Reshape(Transpose(rows, 0, 1, 3, 2, 4), "patch.values", 0, grid * grid, patch * row); // [N, G, G, P, P*3] to [N, T, P*P*3]
        return Dense("patch.projection", patches, _config.EmbeddingDimension); // [N, T, D]
    }

    /// <summary>Convolutions with their margins black, ReLU, and of most the largest of every other window: [N, S, S, 3] to [N, T, D].</summary>
    private string Convolutions(string image)
    {
        int kernel = _config.ConvolutionKernel, margin = kernel / 2, pooling = _config.ConvolutionPooling;
        // Windows of 3 begin one before, those of 2 may hang over at the end: either way (n + 1) / 2 of them.
        int before = (pooling - 1) / 2;
        var x = Transpose(image, 0, 3, 1, 2);                                // [N, 3, S, S]
        for (var i = 0; i < _config.ConvolutionCount; i++)
        {
            var (inputs, outputs) = (_config.ConvolutionInputs(i), _config.ConvolutionInputs(i + 1));
            var kernels = _graph.Constant($"tokenizer.{i}.kernel", [outputs, inputs, kernel, kernel], OutputsFirst(_weights[$"tokenizer.{i}.kernel"], outputs, inputs));
            x = _graph.Node("Conv", [x, kernels, Weight($"tokenizer.{i}.bias", outputs)], With("pads", [margin, margin, margin, margin])); // [N, channels, n, n]
            if (_config.ConvolutionPools(i))
                x = _graph.Node("MaxPool", [x],
                    With("kernel_shape", [pooling, pooling]), With("strides", [2, 2]), With("pads", [before, before, 1, 1])); // [N, channels, (n+1)/2, (n+1)/2]
            x = _graph.Node("Relu", [x]);
        }
        return Reshape(Transpose(x, 0, 2, 3, 1), "tokenizer.tokens", 0, _config.TokenCount, _config.EmbeddingDimension); // [N, G, G, D] to [N, T, D]
    }

    /// <summary>A kernel as ONNX has it: [k, k, in, out] to [out, in, k, k].</summary>
    private static float[] OutputsFirst(ReadOnlySpan<float> kernel, int outputs, int inputs)
    {
        var result = new float[kernel.Length];
        var places = kernel.Length / outputs / inputs;                       // k*k
        for (var i = 0; i < kernel.Length; i++)
            result[(i % outputs * inputs + i / outputs % inputs) * places + i / outputs / inputs] = kernel[i];
        return result;
    }

    /// <summary>The tokens of each chunk, the last of which may have fewer: [N, T, D] to [N, K, D] each.</summary>
    private string[] Chunks(string tokens)
    {
        var count = _config.ChunkCount;
        if (count == 1)
            return [tokens];
        var sizes = _graph.Constant("tokens.chunks", [.. Enumerable.Range(0, count).Select(chunk => (long)_config.TokensOf(chunk))]);
        return _graph.Split(tokens, axis: 1, sizes, count);                  // [N, K, D] each
    }

    /// <summary>I_0, the same for all images: zeros, vectors that are learned, or zeros and their places, [1, V, D].</summary>
    private string StartState()
    {
        var (count, d) = (_config.DistinctStates, _config.EmbeddingDimension);
        if (_config.AddsStatePlaces)
            return StatePlaces();
        return _config.LearnsStartState ? Weight("state.start", 1, count, d) : _graph.Constant("state.start", [1, count, d], new float[count * d]);
    }

    private string StatePlaces() =>
        _graph.Constant("state.places", [1, _config.NumberOfStates, _config.EmbeddingDimension], SinusoidalEmbedding.Of(_config.NumberOfStates, _config.EmbeddingDimension));

    /// <summary>Takes a chunk and the state through blocks, F's or G's.</summary>
    private void Run(IReadOnlyList<BlockPlan> blocks, int chunk, ref string fast, ref string slow)
    {
        foreach (var (attention, feedForward) in blocks)
        {
            ref var x = ref (attention.Queries == TokenStream.Fast ? ref fast : ref slow); // [N, X, D]
            var context = attention.Context == TokenStream.Fast ? fast : slow; // [N, Y, D]
            _graph.Scope = $"chunk.{chunk}/{attention.Name}";
            x = Attend(attention, x, context);
            _graph.Scope = $"chunk.{chunk}/{feedForward}";
            x = FeedForward(feedForward, x);
        }
    }

    /// <summary>x + sum over heads of softmax(q k' / sqrt(W)) v O, and its bias: [N, X, D] and [N, Y, D] to [N, X, D].</summary>
    private string Attend(AttentionPlan attention, string x, string context)
    {
        var (name, all) = (attention.Name, _config.NumberOfHeads * _plan.HeadDimension); // H*W
        var forQ = Norm(attention.QueryNorm, x);                             // [N, X, D]
        var forK = attention.KeyNorm == attention.QueryNorm ? forQ : Norm(attention.KeyNorm, context); // [N, Y, D]
        var forV = attention.ValueNorm == attention.KeyNorm ? forK : Norm(attention.ValueNorm, context); // [N, Y, D]
        var q = Transpose(Heads($"{name}.query", forQ), 0, 2, 1, 3);         // [N, H, X, W]
        var k = Transpose(Heads($"{name}.key", forK), 0, 2, 3, 1);           // [N, H, W, Y]
        var v = Transpose(Heads($"{name}.value", forV), 0, 2, 1, 3);         // [N, H, Y, W]
        var scores = _graph.Node("MatMul", [q, k]);                          // [N, H, X, Y]
        var shares = Softmax(_graph.Node("Mul", [scores, _graph.Constant("attention.scale", [], (float)(1 / Math.Sqrt(_plan.HeadDimension)))]), axis: -1);
        var read = Transpose(_graph.Node("MatMul", [shares, v]), 0, 2, 1, 3); // [N, H, X, W] to [N, X, H, W]
        var output = Dense($"{name}.output", Reshape(read, "attention.joined", 0, -1, all), _config.EmbeddingDimension, _plan.HasWideHeads); // [N, X, H*W] to [N, X, D]
        return Add(x, output);

        string Heads(string projection, string tokens) =>
            Reshape(Dense(projection, tokens, all, _plan.HasWideHeads), "attention.heads", 0, -1, _config.NumberOfHeads, _plan.HeadDimension); // [N, X, H*W] to [N, X, H, W]
    }

    /// <summary>x + W2 GELU(W1 norm(x) + b1) + b2, [N, X, D] to [N, X, D].</summary>
    private string FeedForward(string name, string x)
    {
        var d = _config.EmbeddingDimension;
        var wide = Dense($"{name}.dense1", Norm($"{name}.ln", x), _config.FeedForwardExpansion * d); // [N, X, wide]
        return Add(x, Dense($"{name}.dense2", Gelu(wide), d));               // [N, X, D]
    }

    /// <summary>x (1 + erf(x / sqrt(2))) / 2, in the order that ONNX Runtime knows it by and makes one step of.</summary>
    private string Gelu(string x)
    {
        var erf = _graph.Node("Erf", [_graph.Node("Div", [x, _graph.Constant("gelu.root", [], float.Sqrt(2))])]);
        var product = _graph.Node("Mul", [x, Add(erf, _graph.Constant("gelu.one", [], 1f))]);
        return _graph.Node("Mul", [product, _graph.Constant("gelu.half", [], 0.5f)]);
    }

    /// <summary>What the classes are read from, [N, D] or [N, 2D].</summary>
    private string ReadOut(string[] chunks, string state)
    {
        if (_config.ReadsLastChunk)
            return Mean(chunks[^1]);                                         // [N, D]: the state after the last chunk is not read
        List<string> parts = [];
        if (_config.ReadsTokens)
            parts.Add(Pool(chunks.Length == 1 ? chunks[0] : _graph.Node("Concat", chunks, With("axis", 1)))); // [N, T, D] to [N, D]
        if (_config.ReadsFinalState)
            parts.Add(Mean(Norm("state.ln", state)));                        // [N, V, D] to [N, D]
        return parts.Count == 1 ? parts[0] : _graph.Node("Concat", [.. parts], With("axis", -1)); // [N, D] or [N, 2D]
    }

    /// <summary>Sequence pooling: the mean of the tokens, weighted by the softmax of a score of each; [N, T, D] to [N, D].</summary>
    private string Pool(string tokens)
    {
        var normed = Norm("pool.ln", tokens);                                // [N, T, D]
        var scores = Dense("pool.score", normed, outputs: 1, hasBias: false); // [N, T, 1]
        var weighted = _graph.Node("Mul", [normed, Softmax(scores, axis: 1)]); // [N, T, D]
        return _graph.Node("ReduceSum", [weighted, _graph.Constant("pool.axis", 1L)], With("keepdims", 0)); // [N, D]
    }

    /// <summary>The mean of the tokens, [N, X, D] to [N, D].</summary>
    private string Mean(string x) => MeanOverAxis(x, axis: 1);               // [N, D]

    private string MeanOverAxis(string x, int axis) => _graph.Node("ReduceMean", [x], With("axes", [axis]), With("keepdims", 0));

    /// <summary>[.., in] to [.., out].</summary>
    private string Dense(string name, string x, int outputs, bool hasBias = true)
    {
        var product = _graph.Node("MatMul", [x, Weight($"{name}.kernel", -1, outputs)]); // [.., out]
        return hasBias ? Add(product, Weight($"{name}.bias", outputs)) : product;
    }

    private string Norm(string name, string x)
    {
        var d = _config.EmbeddingDimension;
        return _graph.Node("LayerNormalization", [x, Weight($"{name}.gamma", d), Weight($"{name}.beta", d)],
            With("axis", -1), With("epsilon", TlbConfig.LayerNormEpsilon));
    }

    private string Add(string a, string b) => _graph.Node("Add", [a, b]);

    private string Softmax(string x, int axis) => _graph.Node("Softmax", [x], With("axis", axis));

    private string Transpose(string x, params ReadOnlySpan<int> axes) => _graph.Node("Transpose", [x], With("perm", axes));

    /// <summary>Gives a value other sizes: 0 stands for the size it has, -1 for what is left over.</summary>
    private string Reshape(string x, string name, params ReadOnlySpan<long> sizes) => _graph.Node("Reshape", [x, _graph.Constant(name, sizes)]);

    /// <summary>The places of an axis that are asked for, in their order.</summary>
    private string Take(string x, int axis, string name, ReadOnlySpan<long> places) => _graph.Node("Gather", [x, _graph.Constant(name, places)], With("axis", axis));

    /// <summary>A parameter, as an array of a shape of its values; a size of -1 is what the others leave over.</summary>
    private string Weight(string name, params ReadOnlySpan<int> shape)
    {
        ReadOnlySpan<float> values = _weights[name];
        int[] sizes = [.. shape];
        if (sizes[0] < 0)
            sizes[0] = values.Length / sizes[^1];
        return _graph.Constant(name, sizes, values);
    }
}
