namespace Tlb.Tests;

/// <summary>The golden files, and the configurations they were computed with.</summary>
internal static class Golden
{
    public static TlbConfig ConfigA { get; } = TlbConfig.KerasExample;

    public static TlbConfig ConfigB { get; } = new()
    {
        ImageSize = 16, PatchSize = 4, EmbeddingDimension = 16, ChunkSize = 4, R = 3, NumberOfLayers = 5, NumberOfHeads = 2,
    };

    public static TlbConfig Config(string name) => name == "a" ? ConfigA : ConfigB;

    public static Safetensors Read(string name) => Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.safetensors"));

    public static float[] Values(this Safetensors file, string name) => file.Tensors[name].ToSingles();

    /// <summary>The weights that a file holds behind a prefix, such as "w1.".</summary>
    public static NetworkWeights Weights(this Safetensors file, TlbConfig config, string prefix)
    {
        var weights = new NetworkWeights(config);
        foreach (var parameter in weights.Layout)
            file.Values(prefix + parameter.Name).CopyTo(weights.Of(parameter));
        return weights;
    }
}
