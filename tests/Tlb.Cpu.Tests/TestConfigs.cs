using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>Networks of all kinds: sizes that fill no register, several heads, every rule of which block reads the state.</summary>
internal static class TestConfigs
{
    public static IReadOnlyDictionary<string, TlbConfig> All { get; } = new Dictionary<string, TlbConfig>
    {
        ["golden b"] = Golden.ConfigB,
        ["tiny"] = TlbConfig.Tiny,
        ["small"] = TlbConfig.Small,
        ["odd"] = new() { ImageSize = 12, PatchSize = 2, EmbeddingDimension = 7, ChunkSize = 9, R = 1, NumberOfLayers = 2, NumberOfHeads = 3, NumberOfClasses = 5 },
        ["one token a chunk"] = new() { ImageSize = 8, PatchSize = 4, EmbeddingDimension = 5, ChunkSize = 1, R = 3, NumberOfLayers = 4, NumberOfHeads = 1, NumberOfClasses = 2 },
        ["one chunk"] = new() { ImageSize = 12, PatchSize = 3, EmbeddingDimension = 12, ChunkSize = 16, R = 2, NumberOfLayers = 1, NumberOfHeads = 4, NumberOfClasses = 33 },
        ["wide chunk"] = new() { ImageSize = 20, PatchSize = 4, EmbeddingDimension = 17, ChunkSize = 25, R = 2, NumberOfLayers = 2, NumberOfHeads = 2, NumberOfClasses = 3 },
    };

    /// <summary>Images of another size than the network's, of random bytes.</summary>
    public static ImageBatch RandomBatch(TlbConfig config, int count)
    {
        var batch = new ImageBatch(new() { Height = config.ImageSize - 1, Width = config.ImageSize + 3 }, count);
        var random = new Random(count);
        for (var i = 0; i < count; i++)
            random.NextBytes(batch.Add(random.Next(config.NumberOfClasses)));
        return batch;
    }
}
