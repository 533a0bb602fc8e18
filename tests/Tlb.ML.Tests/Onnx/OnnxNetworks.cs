using Tlb.Tests;

namespace Tlb.ML.Tests;

/// <summary>Networks of all kinds and both forms, and models of them.</summary>
internal static class OnnxNetworks
{
    private static readonly Dictionary<string, TlbConfig> Named = new(TlbConfig.Presets.Concat(OddNetworks.All))
    {
        ["paper, one convolution"] = new() { Form = TlbForm.Paper, Tokenizer = TokenizerKind.Convolutions, ImageSize = 7, ConvolutionLayers = 1, ConvolutionKernel = 1, ConvolutionPooling = 2, EmbeddingDimension = 10, ChunkSize = 7, R = 1, NumberOfLayers = 2, NumberOfHeads = 2, NumberOfClasses = 3 },
        ["paper, down to one token"] = new() { Form = TlbForm.Paper, Tokenizer = TokenizerKind.Convolutions, ImageSize = 5, ConvolutionLayers = 4, ConvolutionKernel = 5, ConvolutionPooling = 2, ConvolutionChannels = 6, EmbeddingDimension = 8, ChunkSize = 1, R = 1, NumberOfLayers = 2, NumberOfHeads = 1, NumberOfClasses = 3 },
    };

    /// <summary>The presets, and networks of odd sizes.</summary>
    public static TheoryData<string> Names => [.. Named.Keys];

    public static TlbConfig Of(string name) => Named[name];

    /// <summary>Small networks of the paper's form with every choice of what the paper's form lets one choose.</summary>
    public static IEnumerable<TlbConfig> AllChoices(TokenizerKind tokenizer)
    {
        var patches = new TlbConfig { Form = TlbForm.Paper, ImageSize = 10, PatchSize = 2, EmbeddingDimension = 6, ChunkSize = 6, NumberOfStates = 3, R = 1, NumberOfLayers = 2, NumberOfHeads = 2, FeedForwardExpansion = 2, NumberOfClasses = 3 };
        var convolutions = patches with { Tokenizer = TokenizerKind.Convolutions, ImageSize = 11, PatchSize = TlbConfig.KerasExample.PatchSize, ConvolutionChannels = 4, ConvolutionLayers = 1 };
        foreach (var config in tokenizer == TokenizerKind.Patches ? [patches] : (TlbConfig[])[convolutions, convolutions with { ImageSize = 18, ConvolutionLayers = 2, ConvolutionPairs = 1, ConvolutionPooling = 2 }])
            foreach (var order in Enum.GetValues<ChunkOrder>())
                foreach (var positions in Enum.GetValues<PositionKind>())
                    foreach (var states in Enum.GetValues<StateKind>())
                        foreach (var readOut in Enum.GetValues<ReadOutKind>())
                            yield return config with { ChunkOrder = order, Positions = positions, StateKind = states, ReadOut = readOut };
    }

    /// <summary>A model of initial weights with random numbers added, so that biases and shifts are not 0 nor scales 1.</summary>
    public static TlbModelParameters Model(TlbConfig config, ImageLayout layout, params string[] classes)
    {
        var weights = NetworkWeights.Initialize(config, seed: 1);
        var random = new Random(1);
        foreach (ref var value in weights.Values.AsSpan())
            value += 0.2f * (random.NextSingle() - 0.5f);
        return new(weights, layout, classes.Length > 0 ? ClassLabels.Parse("Text", classes) : null, new TrainingHistory { Epochs = [] });
    }
}
