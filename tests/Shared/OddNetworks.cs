namespace Tlb.Tests;

/// <summary>Networks of both forms whose sizes fill no register, with several heads and every rule of which block reads the state.</summary>
internal static class OddNetworks
{
    /// <summary>The networks, by what is odd about them.</summary>
    public static IReadOnlyDictionary<string, TlbConfig> All { get; } = new Dictionary<string, TlbConfig>
    {
        ["odd"] = new() { ImageSize = 12, PatchSize = 2, EmbeddingDimension = 7, ChunkSize = 9, R = 1, NumberOfLayers = 2, NumberOfHeads = 3, NumberOfClasses = 5 },
        ["one token a chunk"] = new() { ImageSize = 8, PatchSize = 4, EmbeddingDimension = 10, ChunkSize = 1, R = 3, NumberOfLayers = 4, NumberOfHeads = 1, NumberOfClasses = 2 },
        ["one chunk"] = new() { ImageSize = 12, PatchSize = 3, EmbeddingDimension = 12, ChunkSize = 16, R = 2, NumberOfLayers = 1, NumberOfHeads = 4, NumberOfClasses = 33 },
        ["wide chunk"] = new() { ImageSize = 20, PatchSize = 4, EmbeddingDimension = 17, ChunkSize = 25, R = 2, NumberOfLayers = 2, NumberOfHeads = 2, NumberOfClasses = 3 },
        ["many classes"] = new() { ImageSize = 9, PatchSize = 3, EmbeddingDimension = 12, ChunkSize = 3, R = 1, NumberOfLayers = 1, NumberOfHeads = 2, NumberOfClasses = 101 },
        ["three heads"] = new() { ImageSize = 8, PatchSize = 2, EmbeddingDimension = 20, ChunkSize = 8, R = 2, NumberOfLayers = 3, NumberOfHeads = 3, NumberOfClasses = 7 },
        ["deep"] = new() { ImageSize = 12, PatchSize = 2, EmbeddingDimension = 36, ChunkSize = 12, R = 3, NumberOfLayers = 5, NumberOfHeads = 1, NumberOfClasses = 2 },
        // The paper's form: chunks that do not divide the tokens, state vectors that fill no register or more than one, every order and read-out.
        ["paper"] = new() { Form = TlbForm.Paper, ImageSize = 12, PatchSize = 3, EmbeddingDimension = 12, ChunkSize = 5, NumberOfStates = 3, R = 1, NumberOfLayers = 3, NumberOfHeads = 3, FeedForwardExpansion = 2, NumberOfClasses = 4 },
        ["paper, state"] = new() { Form = TlbForm.Paper, ImageSize = 12, PatchSize = 2, EmbeddingDimension = 20, Positions = PositionKind.Sinusoidal, ChunkSize = 8, ChunkOrder = ChunkOrder.Tiles, NumberOfStates = 17, StateKind = StateKind.Sinusoidal, R = 1, NumberOfLayers = 4, NumberOfHeads = 2, FeedForwardExpansion = 1, ReadOut = ReadOutKind.State, NumberOfClasses = 3 },
        ["paper, tokens"] = new() { Form = TlbForm.Paper, ImageSize = 8, PatchSize = 2, EmbeddingDimension = 15, ChunkSize = 3, ChunkOrder = ChunkOrder.Serpentine, NumberOfStates = 1, R = 2, NumberOfLayers = 3, NumberOfHeads = 5, FeedForwardExpansion = 3, ReadOut = ReadOutKind.Tokens, NumberOfClasses = 33 },
        ["paper, one chunk"] = new() { Form = TlbForm.Paper, ImageSize = 12, PatchSize = 3, EmbeddingDimension = 16, ChunkSize = 16, NumberOfStates = 8, R = 1, NumberOfLayers = 2, NumberOfHeads = 4, NumberOfClasses = 10 },
        ["paper, pairs of convolutions"] = new() { Form = TlbForm.Paper, Tokenizer = TokenizerKind.Convolutions, ImageSize = 13, ConvolutionLayers = 3, ConvolutionPairs = 2, ConvolutionChannels = 5, EmbeddingDimension = 12, ChunkSize = 2, NumberOfStates = 2, R = 1, NumberOfLayers = 2, NumberOfHeads = 2, FeedForwardExpansion = 2, NumberOfClasses = 5 },
        ["paper, one channel"] = new() { Form = TlbForm.Paper, Tokenizer = TokenizerKind.Convolutions, ImageSize = 12, ConvolutionLayers = 3, ConvolutionPairs = 1, ConvolutionChannels = 1, EmbeddingDimension = 8, ChunkSize = 2, NumberOfStates = 2, R = 1, NumberOfLayers = 2, NumberOfHeads = 2, FeedForwardExpansion = 2, NumberOfClasses = 5 },
        ["paper, convolutions"] = new() { Form = TlbForm.Paper, Tokenizer = TokenizerKind.Convolutions, ImageSize = 13, ConvolutionChannels = 5, EmbeddingDimension = 12, ChunkSize = 6, NumberOfStates = 2, R = 1, NumberOfLayers = 2, NumberOfHeads = 2, FeedForwardExpansion = 2, NumberOfClasses = 5 },
    };
}
