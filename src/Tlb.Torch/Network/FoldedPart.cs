namespace Tlb.Torch;

/// <summary>A part of the folded weights.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record FoldedPart(string Name, params long[] Shape)
{
    /// <summary>The number of its values.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The parts of a network's folded weights, in their order. The classifier is last.</summary>
    /// <param name="config">The network.</param>
    /// <param name="plan">Its plan.</param>
    public static IReadOnlyList<FoldedPart> Of(TlbConfig config, NetworkPlan plan)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(plan);
        long attentions = plan.Attentions.Count, feedForwards = plan.FeedForwards.Count;
        long d = config.EmbeddingDimension, h = config.NumberOfHeads, wide = config.FeedForwardExpansion * d;
        List<FoldedPart> parts = plan.HasWideHeads
            ? [
                new("probe", attentions, d, h * d), new("probe.bias", attentions, h * d),
                new("read", attentions, h * d, d), new("read.bias", attentions, d),
                new("read of one", attentions, d, d), new("shift", attentions, h, d)]
            : [
                new("projections", attentions, d, 3 * d), new("projections.bias", attentions, 3 * d),
                new("output", attentions, d, d)];
        parts.AddRange([
            new("widen", feedForwards, d, wide), new("widen.bias", feedForwards, wide),
            new("narrow", feedForwards, wide, d), new("narrow.bias", feedForwards, d)]);
        if (config.Tokenizer == TokenizerKind.Patches)
            parts.AddRange([new("patches", config.PatchSize * config.PatchSize * TlbConfig.Channels, d), new("patches.bias", d)]);
        foreach (var (i, name) in Convolutions(config).Index())
        {
            parts.AddRange([
                new(name, config.ConvolutionKernel, config.ConvolutionKernel, config.ConvolutionInputs(i), config.ConvolutionInputs(i + 1)),
                new($"{name}.bias", config.ConvolutionInputs(i + 1))]);
        }
        if (config.Positions == PositionKind.Learned)
            parts.Add(new("positions", config.TokenCount, d));
        if (config.NormalizesTokens)
            parts.AddRange([new("tokens.scale", d), new("tokens.shift", d)]);
        if (config.LearnsStartState)
            parts.Add(new("state", config.NumberOfStates, d));
        if (config.ReadsTokens)
            parts.Add(new("pool", d, 1));
        return [.. parts, new("classifier", config.ReadOutWidth, config.NumberOfClasses), new("classifier.bias", config.NumberOfClasses)];
    }

    /// <summary>The names of the layers of the convolutional tokenizer; none where there is no such tokenizer.</summary>
    /// <param name="config">The network.</param>
    public static IEnumerable<string> Convolutions(TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Enumerable.Range(0, config.ConvolutionCount).Select(i => $"tokenizer.{i}");
    }
}
