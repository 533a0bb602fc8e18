using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class NetworkWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tlb-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Saved_weights_are_loaded()
    {
        var weights = NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1);
        weights.Save(InFolder("tiny.safetensors"));
        Assert.Equal(weights.Values, NetworkWeights.Load(InFolder("tiny.safetensors"), TlbConfig.Tiny).Values);
        Assert.Equal(["tiny.safetensors"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Keras_weights_are_loaded()
    {
        var file = Golden.Read("golden_b");
        var weights = NetworkWeights.From(file, Golden.ConfigB);
        Assert.Equal(file.Values("w.pm.6.slow.output.kernel"), weights["pm.6.slow.output.kernel"].ToArray());
    }

    [Fact]
    public void Weights_of_another_network_are_refused_by_name()
    {
        NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1).Save(InFolder("tiny.safetensors"));
        var wider = Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(InFolder("tiny.safetensors"), TlbConfig.Tiny with { NumberOfClasses = 3 }));
        Assert.Contains("tiny.safetensors", wider.Message, StringComparison.Ordinal);
        Assert.Contains("'head.kernel' has shape [8, 10], expected [8, 3].", wider.Message, StringComparison.Ordinal);
        var shorter = Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(InFolder("tiny.safetensors"), TlbConfig.Tiny with { NumberOfLayers = 1 }));
        Assert.Contains("'pm.2.fast.q_ln.gamma' is not a parameter of this network.", shorter.Message, StringComparison.Ordinal);
        var longer = Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(InFolder("tiny.safetensors"), TlbConfig.Tiny with { NumberOfLayers = 3 }));
        Assert.Contains("'pm.3.fast.q_ln.gamma' is missing.", longer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void Weights_that_are_not_finite_are_refused_by_name(float value, string text)
    {
        var weights = NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1);
        weights["pm.1.fast.key.bias"][3] = value;
        var unsaved = Assert.Throws<InvalidOperationException>(() => weights.Save(InFolder("tiny.safetensors")));
        Assert.Contains($"'pm.1.fast.key.bias' holds {text} at place 3", unsaved.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));

        using (var file = File.Create(InFolder("tiny.safetensors")))
            Safetensors.Write(file, [.. weights.Layout.Select(parameter => (parameter.Name, parameter.Shape, (ReadOnlyMemory<float>)weights.Of(parameter)))]);
        var unread = Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(InFolder("tiny.safetensors"), TlbConfig.Tiny));
        Assert.Contains($"'pm.1.fast.key.bias' holds {text} at place 3", unread.Message, StringComparison.Ordinal);
        Assert.Contains("tiny.safetensors", unread.Message, StringComparison.Ordinal);
    }

    /// <summary>What a file lacks is known before as much memory is taken as it promises.</summary>
    [Fact]
    public void A_file_that_promises_much_takes_no_memory()
    {
        var config = TlbConfig.Tiny with { EmbeddingDimension = 2048 };
        NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1).Save(InFolder("tiny.safetensors"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(InFolder("tiny.safetensors"), config));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);   // of 900 MB
    }

    [Fact]
    public void Initial_values_are_Kerass()
    {
        var weights = NetworkWeights.Initialize(TlbConfig.KerasExample, seed: 7);
        foreach (var parameter in weights.Layout)
        {
            var values = weights.Of(parameter).ToArray();
            if (parameter.Name.EndsWith(".kernel", StringComparison.Ordinal) || parameter.Name == "patch.position_embedding")
            {
                var limit = parameter.Initializer.Limit;
                Assert.All(values, value => Assert.InRange(value, -limit, limit));
                // Of n uniform numbers the mean is within 5 standard errors of 0, and the largest nearly reaches the limit.
                Assert.InRange(values.Average(), -5 * limit / Math.Sqrt(3 * values.Length), 5 * limit / Math.Sqrt(3 * values.Length));
                Assert.InRange(values.Max(), limit * (1 - 20.0 / values.Length), limit);
            }
            else
                Assert.All(values, value => Assert.Equal(parameter.Name.EndsWith(".gamma", StringComparison.Ordinal) ? 1 : 0, value));
        }
    }

    [Fact]
    public void The_seed_decides_the_initial_values()
    {
        var first = NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1).Values;
        Assert.Equal(first, NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1).Values);
        Assert.NotEqual(first, NetworkWeights.Initialize(TlbConfig.Tiny, seed: 2).Values);
    }

    private string InFolder(string name) => Path.Combine(_folder, name);
}
