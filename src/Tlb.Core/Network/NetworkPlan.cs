namespace Tlb.Core;

/// <summary>
/// What a network computes, as data that engines walk: which block attends to what, by which weights, and what is normalised where. A
/// form of the network is written down here, and what its blocks don't say in TlbConfig.Form.cs: no engine asks for the form.
/// </summary>
/// <remarks>A chunk is read by <see cref="Fast"/>, block after block (Algorithm 1: F), then <see cref="Slow"/> updates the state (G).</remarks>
internal sealed class NetworkPlan
{
    /// <summary>Draws up the plan of a network.</summary>
    /// <param name="config">The network, which may be one that is not valid.</param>
    public NetworkPlan(TlbConfig config)
    {
        var isPaper = config.Form == TlbForm.Paper;
        (Fast, Slow) = isPaper ? Paper(config) : KerasExample(config);
        Attentions = [.. Blocks.Select(block => block.Attention)];
        FeedForwards = [.. Blocks.Select(block => block.FeedForward).Distinct()];
        HasWideHeads = !isPaper;
        HeadDimension = isPaper ? config.EmbeddingDimension / config.NumberOfHeads : config.EmbeddingDimension;
        StateCount = isPaper ? config.NumberOfStates : config.ChunkSize;
        StatesStayEqual = !isPaper && config is { AttentionDropout: 0, FeedForwardDropout: 0 };
    }

    /// <summary>F, the perceptual module: the blocks that read a chunk.</summary>
    public IReadOnlyList<BlockPlan> Fast { get; }

    /// <summary>G, the temporal latent bottleneck: the blocks that update the state from what F made of the chunk.</summary>
    public IReadOnlyList<BlockPlan> Slow { get; }

    /// <summary>Whether each head is as wide as a token, and projections have biases, as in Keras; else heads share that width, without.</summary>
    public bool HasWideHeads { get; }

    /// <summary>The features of a head's queries, keys and values.</summary>
    public int HeadDimension { get; }

    /// <summary>The state vectors.</summary>
    public int StateCount { get; }

    /// <summary>Whether all state vectors are the same, exactly, so that one can stand for all.</summary>
    public bool StatesStayEqual { get; }

    /// <summary>All blocks, in order.</summary>
    public IEnumerable<BlockPlan> Blocks => Fast.Concat(Slow);

    /// <summary>The attentions of all blocks, in order.</summary>
    public IReadOnlyList<AttentionPlan> Attentions { get; }

    /// <summary>The names of all feed-forward layers, in order, each once.</summary>
    public IReadOnlyList<string> FeedForwards { get; }

    /// <summary>All parameters, in order: their names, shapes and how they start.</summary>
    /// <param name="config">The network.</param>
    public static IEnumerable<(string Name, int[] Shape, ParameterInitializer Initializer)> Parameters(TlbConfig config)
    {
        var plan = new NetworkPlan(config);
        int d = config.EmbeddingDimension, wide = checked(config.FeedForwardExpansion * d);
        return [.. Tokenizer(), .. plan.Blocks.GroupBy(block => block.FeedForward).SelectMany(Block), .. ReadOut()];

        IEnumerable<(string, int[], ParameterInitializer)> Tokenizer()
        {
            if (config.Tokenizer == TokenizerKind.Patches)
            {
                foreach (var parameter in Kernel("patch.projection", config.PatchSize, config.PatchSize, TlbConfig.Channels, d))
                    yield return parameter;
            }
            else
            {
                for (var i = 0; i < config.ConvolutionCount; i++)
                    foreach (var parameter in Kernel($"tokenizer.{i}", config.ConvolutionKernel, config.ConvolutionKernel, config.ConvolutionInputs(i), config.ConvolutionInputs(i + 1)))
                        yield return parameter;
            }
            if (config.Positions == PositionKind.Learned)
                yield return ("patch.position_embedding", [config.TokenCount, d], ParameterInitializer.Positions);
            if (config.NormalizesTokens)
            {
                foreach (var parameter in LayerNorm("patch.ln"))
                    yield return parameter;
            }
            if (config.LearnsStartState)
                yield return ("state.start", [config.NumberOfStates, d], ParameterInitializer.Positions);
        }

        IEnumerable<(string, int[], ParameterInitializer)> Block(IGrouping<string, BlockPlan> blocks) =>
            [.. blocks.SelectMany(block => Attention(block.Attention)), .. FeedForward(blocks.Key)];

        IEnumerable<(string, int[], ParameterInitializer)> Attention(AttentionPlan attention)
        {
            var (heads, name) = (config.NumberOfHeads, attention.Name);
            foreach (var norm in new[] { attention.QueryNorm, attention.KeyNorm, attention.ValueNorm }.Distinct())
                foreach (var parameter in LayerNorm(norm))
                    yield return parameter;
            foreach (var projection in (string[])["query", "key", "value"])
            {
                if (!plan.HasWideHeads)
                {
                    yield return ($"{name}.{projection}.kernel", [d, d], ParameterInitializer.GlorotUniform(d, d));
                    continue;
                }
                yield return ($"{name}.{projection}.kernel", [d, heads, d], ParameterInitializer.GlorotUniform(d, heads, d));
                yield return ($"{name}.{projection}.bias", [heads, d], ParameterInitializer.Zeros);
            }
            if (!plan.HasWideHeads)
                yield return ($"{name}.output.kernel", [d, d], ParameterInitializer.GlorotUniform(d, d));
            else
                foreach (var parameter in Kernel($"{name}.output", heads, d, d))
                    yield return parameter;
        }

        IEnumerable<(string, int[], ParameterInitializer)> FeedForward(string name) =>
            [.. LayerNorm($"{name}.ln"), .. Kernel($"{name}.dense1", d, wide), .. Kernel($"{name}.dense2", wide, d)];

        IEnumerable<(string, int[], ParameterInitializer)> ReadOut()
        {
            if (config.ReadsTokens)
            {
                foreach (var parameter in LayerNorm("pool.ln"))
                    yield return parameter;
                yield return ("pool.score.kernel", [d, 1], ParameterInitializer.GlorotUniform(d, 1));
            }
            if (config.ReadsFinalState)
                foreach (var parameter in LayerNorm("state.ln"))
                    yield return parameter;
            foreach (var parameter in Kernel("head", config.ReadOutWidth, config.NumberOfClasses))
                yield return parameter;
        }

        IEnumerable<(string, int[], ParameterInitializer)> LayerNorm(string name) =>
            [($"{name}.gamma", [d], ParameterInitializer.Ones), ($"{name}.beta", [d], ParameterInitializer.Zeros)];

        // A kernel and the bias of its last size.
        static IEnumerable<(string, int[], ParameterInitializer)> Kernel(string name, params int[] shape) =>
            [($"{name}.kernel", shape, ParameterInitializer.GlorotUniform(shape)), ($"{name}.bias", [shape[^1]], ParameterInitializer.Zeros)];
    }

    /// <summary>Every block attends among the tokens; those that read the state do so next, and feed forward by the same layer.</summary>
    private static (List<BlockPlan> Fast, List<BlockPlan> Slow) KerasExample(TlbConfig config)
    {
        List<BlockPlan> fast = [];
        for (var i = 0; i < config.BlockCount; i++)
        {
            fast.Add(new(Attention($"pm.{i}.fast", TokenStream.Fast, TokenStream.Fast), $"pm.{i}.ffn"));
            if (config.ReadsState(i))
                fast.Add(new(Attention($"pm.{i}.slow", TokenStream.Fast, TokenStream.Slow), $"pm.{i}.ffn"));
        }
        return (fast, [new(Attention("tlb.fast", TokenStream.Slow, TokenStream.Fast), "tlb.ffn")]);

        static AttentionPlan Attention(string name, TokenStream queries, TokenStream context) =>
            new(name, queries, context, $"{name}.q_ln", $"{name}.k_ln", $"{name}.v_ln");
    }

    /// <summary>A block attends among the tokens, or to the state. Queries have a normalisation and their context another, unless they are the same.</summary>
    private static (List<BlockPlan> Fast, List<BlockPlan> Slow) Paper(TlbConfig config)
    {
        List<BlockPlan> fast = [];
        for (var i = 0; i < config.BlockCount; i++)
            fast.Add(config.ReadsState(i)
                ? new(CrossAttention($"pm.{i}.cross", TokenStream.Fast, TokenStream.Slow), $"pm.{i}.ffn")
                : new(SelfAttention($"pm.{i}.self"), $"pm.{i}.ffn"));
        return (fast, [new(CrossAttention("tlb.cross", TokenStream.Slow, TokenStream.Fast), "tlb.ffn")]);

        static AttentionPlan SelfAttention(string name) => new(name, TokenStream.Fast, TokenStream.Fast, $"{name}.ln", $"{name}.ln", $"{name}.ln");

        static AttentionPlan CrossAttention(string name, TokenStream queries, TokenStream context) =>
            new(name, queries, context, $"{name}.q_ln", $"{name}.kv_ln", $"{name}.kv_ln");
    }
}
