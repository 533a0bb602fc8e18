namespace Tlb.Torch.Tests;

/// <summary>The smallest networks of the paper's form that have all its parts, between the two of them.</summary>
internal static class PaperNetworks
{
    /// <summary>4 tokens in chunks of 3 and 1.</summary>
    public static TlbConfig OfPatches { get; } = TlbConfig.Tiny with
    {
        Form = TlbForm.Paper, NumberOfHeads = 2, NumberOfLayers = 4, ChunkSize = 3, NumberOfStates = 3,
    };

    /// <summary>16 tokens in chunks of 6, 6 and 4.</summary>
    public static TlbConfig OfConvolutions { get; } = TlbConfig.Base with
    {
        ImageSize = 15, ConvolutionLayers = 2, EmbeddingDimension = 8, ConvolutionChannels = 4, NumberOfLayers = 4, ChunkSize = 6, NumberOfHeads = 2, NumberOfStates = 3,
        ChunkOrder = ChunkOrder.Serpentine, Positions = PositionKind.Sinusoidal, StateKind = StateKind.Sinusoidal,
    };

    /// <summary>The networks of both forms that tests take.</summary>
    public static TheoryData<string> Names => [nameof(TlbConfig.Tiny), nameof(OfPatches), nameof(OfConvolutions)];

    /// <summary>The network of a name.</summary>
    public static TlbConfig Named(string name) => name switch
    {
        nameof(TlbConfig.Tiny) => TlbConfig.Tiny,
        nameof(OfPatches) => OfPatches,
        nameof(OfConvolutions) => OfConvolutions,
        _ => throw new ArgumentException($"No network is named {name}.", nameof(name)),
    };

    /// <summary>The network of a name with both dropouts.</summary>
    public static TlbConfig WithDropout(string name) => Named(name) with { AttentionDropout = 0.2f, FeedForwardDropout = 0.2f };
}
