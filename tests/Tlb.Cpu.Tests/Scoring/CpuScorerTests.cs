using Tlb.Tests;
using Tlb.Torch;

namespace Tlb.Cpu.Tests;

public sealed class CpuScorerTests
{
    public static TheoryData<string> Configurations => TestConfigs.Names;

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Probabilities_are_Kerass(string name)
    {
        var (config, golden) = (Golden.Config(name), Golden.Read($"golden_{name}"));
        using var scorer = Run.Scorer(golden.Weights(config, "w."));
        var expected = golden.Values("out.probs");
        var all = Images(config, golden);
        var actual = new float[expected.Length];
        scorer.Score(all, actual);
        Close.Absolute(expected, actual, 1e-6, "many");

        for (var i = 0; i < all.Count; i++)
            scorer.Score(all.Part(i, 1), actual.AsSpan(i * 10, 10));
        Close.Absolute(expected, actual, 1e-6, "one at a time");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Attention_maps_are_Kerass(string name)
    {
        var (config, golden) = (Golden.Config(name), Golden.Read($"golden_{name}"));
        using var scorer = Run.Scorer(golden.Weights(config, "w."));
        var all = Images(config, golden);
        var (probabilities, attention) = (new float[all.Count * 10], new float[all.Count * config.TokenCount]);
        scorer.Explain(all, probabilities, attention);
        Close.Absolute(golden.Values("out.probs"), probabilities, 1e-6, "probabilities");
        Close.Absolute(golden.Values("out.chunk_viz"), attention, 1e-5, "attention");    // what float32 allows of attention probabilities
        var maps = Enumerable.Range(0, all.Count).Select(i => new AttentionMap(config, attention.AsSpan(i * config.TokenCount, config.TokenCount)));
        Close.Absolute(golden.Values("out.heatmap"), [.. maps.SelectMany(map => map.Resize(config.ImageSize, config.ImageSize))], 1e-5, "heat map");
        Assert.Throws<ArgumentException>(() => scorer.Explain(all, probabilities, attention.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => scorer.Explain(all, probabilities.AsSpan(1), attention));
        Assert.Throws<ArgumentException>(() => scorer.Explain(all, probabilities, attention, new float[attention.Length + 1]));
    }

    /// <summary>More images than lanes and a remainder; the engines' attention differs by rounding only. Scores are not touched by explaining.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void Explanations_are_those_of_the_reference(string name)
    {
        const int Count = 37;
        var config = TestConfigs.Of(name);
        var weights = TestConfigs.RandomWeights(config, 3, noise: 0.4f);     // attention that is far from even
        using var reference = new TorchEngine(TorchSharp.torch.CPU).CreateScorer(weights);
        using var scorer = Run.Scorer(weights);
        var batch = TestConfigs.RandomBatch(config, Count);
        var (classes, tokens) = (config.NumberOfClasses, config.TokenCount);
        var (expectedScores, expected) = (new float[Count * classes], new float[Count * tokens]);
        var (scores, actual) = (new float[Count * classes], new float[Count * tokens]);
        reference.Explain(batch, expectedScores, expected);
        scorer.Explain(batch, scores, actual);
        Close.Absolute(expectedScores, scores, 1e-5, "probabilities");
        Close.Absolute(expected, actual, 1e-5, "many");
        for (var i = 0; i < Count; i += 12)
        {
            scorer.Explain(batch.Part(i, 1), scores.AsSpan(i * classes, classes), actual.AsSpan(i * tokens, tokens));
            Close.Absolute(expected.AsSpan(i * tokens, tokens), actual.AsSpan(i * tokens, tokens), 1e-5, "one");
        }
        // State vectors that are alike: each chunk's attention sums to 1. The maximum over others sums to more.
        Assert.InRange(actual.Sum(), Count * (config.ChunkCount - 1e-3f), Count * (config.Form == TlbForm.Paper ? tokens : config.ChunkCount + 1e-3f));
        var alone = new float[scores.Length];
        scorer.Score(batch, alone);
        scorer.Explain(batch, scores, actual);
        Assert.Equal(alone, scores);
    }

    /// <summary>To the last bit, whatever the size of the batch and the image's place in it.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void An_image_gets_the_same_bits_alone_and_in_any_batch(string name)
    {
        var config = TestConfigs.Of(name);
        var classes = config.NumberOfClasses;
        using var scorer = Run.Scorer(TestConfigs.RandomWeights(config, 3));
        var all = TestConfigs.RandomBatch(config, count: 40);
        var alone = Enumerable.Range(0, all.Count).Select(i => Run.Score(scorer, all.Part(i, 1), classes)).ToList();
        foreach (var (first, count) in new[] { (0, 40), (0, 2), (1, 2), (3, 7), (5, 8), (7, 9), (2, 15), (4, 16), (1, 17), (0, 33) })
        {
            var together = Run.Score(scorer, all.Part(first, count), classes);
            for (var i = 0; i < count; i++)
                Assert.Equal(alone[first + i], together.AsSpan(i * classes, classes));
        }
    }

    [Fact]
    public void Room_of_another_size_than_the_probabilities_is_refused()
    {
        using var scorer = Run.Scorer(NetworkWeights.Initialize(TlbConfig.Tiny, 1));
        var batch = TestConfigs.RandomBatch(TlbConfig.Tiny, 3);
        var error = Assert.Throws<ArgumentException>(() => scorer.Score(batch, new float[29]));
        Assert.Contains("29", error.Message, StringComparison.Ordinal);
        Assert.Contains("3 x 10", error.Message, StringComparison.Ordinal);
        scorer.Score(new ImageBatch(batch.Layout, 1), []);                   // no image, no room: nothing to do
    }

    private static ImageBatch Images(TlbConfig config, Safetensors golden)
    {
        var layout = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize, PixelType = PixelType.Single, Scale = 1 };
        var bytes = golden.Tensors["in.images"].Bytes.Span;
        var batch = new ImageBatch(layout, bytes.Length / layout.ByteCount);
        for (; bytes.Length > 0; bytes = bytes[layout.ByteCount..])
            bytes[..layout.ByteCount].CopyTo(batch.Add());
        return batch;
    }
}
