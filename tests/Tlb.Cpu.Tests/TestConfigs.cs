using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>Networks of all kinds and both forms: sizes that fill no register, several heads, every rule of which block reads the state.</summary>
internal static class TestConfigs
{
    private static readonly Dictionary<string, TlbConfig> All = new(OddNetworks.All)
    {
        ["golden b"] = Golden.ConfigB,
        ["tiny"] = TlbConfig.Tiny,
        ["small"] = TlbConfig.Small,
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static TlbConfig Of(string name) => All[name];

    /// <summary>Initial weights with random numbers added, so that biases and shifts are not 0 nor scales 1.</summary>
    public static NetworkWeights RandomWeights(TlbConfig config, int seed, float noise = 0.1f)
    {
        var weights = NetworkWeights.Initialize(config, seed);
        var random = new Random(seed);
        foreach (ref var value in weights.Values.AsSpan())
            value += noise * (random.NextSingle() - 0.5f);
        return weights;
    }

    /// <summary>Images of another size than the network's, of random bytes.</summary>
    public static ImageBatch RandomBatch(TlbConfig config, int count) =>
        RandomBatch(config, new() { Height = config.ImageSize - 1, Width = config.ImageSize + 3 }, count);

    /// <summary>Random bytes, or random floats between -2 and 2.</summary>
    public static ImageBatch RandomBatch(TlbConfig config, ImageLayout layout, int count)
    {
        var batch = new ImageBatch(layout, count);
        var random = new Random(count);
        for (var i = 0; i < count; i++)
        {
            var pixels = batch.Add(random.Next(config.NumberOfClasses));
            if (layout.PixelType == PixelType.Byte)
                random.NextBytes(pixels);
            else
                foreach (ref var value in MemoryMarshal.Cast<byte, float>(pixels))
                    value = 4 * random.NextSingle() - 2;
        }
        return batch;
    }

    /// <summary>Batches of every kind of image: bytes to be resized, floats of the network's size, floats to be resized.</summary>
    public static IEnumerable<ImageBatch> RandomBatches(TlbConfig config, int count)
    {
        var floats = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize, PixelType = PixelType.Single, Offset = -2, Scale = 0.25f };
        yield return RandomBatch(config, count);
        yield return RandomBatch(config, floats, count);
        yield return RandomBatch(config, floats with { Height = 2 * config.ImageSize + 1, Width = 5 }, count);
    }

    /// <summary>Some images of a batch as a batch of their own.</summary>
    public static ImageBatch Part(this ImageBatch batch, int first, int count)
    {
        var part = new ImageBatch(batch.Layout, count);
        for (var i = first; i < first + count; i++)
            batch.Image(i).CopyTo(part.Add(batch.Labels[i]));
        return part;
    }
}
