namespace Tlb.Cpu.Tests;

/// <summary>What work takes is known before any of it is taken.</summary>
public sealed class TileShapeTests
{
    public static TheoryData<string> Names => TestConfigs.Names;

    public static TheoryData<int, TlbForm> Draws => DrawnNetwork.OfAllForms(Enumerable.Range(1, 30));

    [Theory]
    [MemberData(nameof(Names))]
    public void Work_takes_what_its_shape_says(string name) => Takes(TestConfigs.Of(name));

    [Theory]
    [MemberData(nameof(Draws))]
    public void Work_of_any_network_takes_what_its_shape_says(int draw, TlbForm form) => Takes(new DrawnNetwork(draw, form).Config);

    private static void Takes(TlbConfig network)
    {
        foreach (var dropout in (float[])[0, 0.5f])
        {
            var config = network with { AttentionDropout = dropout };
            foreach (var set in KernelSet.Sets)
                set.Create(new Taken(config));
        }
    }

    private sealed class Taken(TlbConfig config) : ILanesFactory<object>
    {
        public object Create<L>() where L : unmanaged, ILanes<L>
        {
            using var network = new FoldedNetwork(config, new GradientLayout());
            var scoring = TileShape.ForScoring(config, L.Count);
            using var many = new ScoringPass<L, ImagesInLanes<L>>(network);
            Assert.Equal(many.Floats, scoring.ScoringFloats(isSingle: false));
            using var one = new ScoringPass<L, TokensInLanes<L>>(network);
            Assert.Equal(one.Floats, scoring.ScoringFloats(isSingle: true));
            using var trainer = new TileTrainer<L>(network, labelSmoothing: 0);
            Assert.Equal(trainer.Floats, new TileShape(config, L.Count).TrainingFloats);
            return trainer;
        }
    }

    [Fact]
    public void Arrays_of_impossible_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedFloats(-1));
        Assert.Throws<OverflowException>(() => new AlignedFloats(long.MaxValue));
        Assert.Throws<OverflowException>(() => new PackedMatrix(1 << 16, 1 << 16));
        Assert.Throws<OverflowException>(() => new TileShape(TlbConfig.Tiny with { EmbeddingDimension = 1 << 20, NumberOfHeads = 1 << 20 }, 8));
        var gradients = new GradientLayout();
        gradients.Add(1 << 15, 1 << 15);
        Assert.Contains("The gradients take 2,147,483,648 numbers", Assert.Throws<InvalidOperationException>(() => gradients.Add(1 << 15, 1 << 15)).Message, StringComparison.Ordinal);
    }

    /// <summary>Valid, small as a file, and more than a process should take.</summary>
    private static readonly TlbConfig Large = new() { ImageSize = 2048, PatchSize = 1, EmbeddingDimension = 1, ChunkSize = 4096, NumberOfLayers = 1, NumberOfClasses = 2 };

    [Theory]
    [InlineData("cpu")]
    [InlineData("torch")]
    public void Work_that_takes_too_much_is_refused_with_the_figure_and_what_to_lower(string name)
    {
        IEngine engine = name == "cpu" ? new CpuEngine() : new Torch.TorchEngine(TorchSharp.torch.CPU);
        var weights = NetworkWeights.Initialize(Large, seed: 1);
        var error = Assert.Throws<InvalidOperationException>(() => engine.StartTraining(weights, new()));
        Assert.Matches(@"^Training on .* takes [\d,]{14,} bytes of working memory; WorkMemory allows 4,294,967,296\. Lower ImageSize.*, or raise WorkMemory\.$", error.Message);
        error = Assert.Throws<InvalidOperationException>(() => engine.CreateScorer(weights, workMemory: 1_000_000));
        Assert.Matches(@"^Scoring .* takes [\d,]{9,} bytes of working memory; WorkMemory allows 1,000,000\. Lower ImageSize.*, or raise WorkMemory\.$", error.Message);
    }

    [Fact]
    public void Large_images_are_refused_when_they_are_scored()
    {
        using var scorer = new CpuEngine().CreateScorer(NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1), workMemory: 1_000_000);
        foreach (var count in (int[])[1, 3])
        {
            var batch = TestConfigs.RandomBatch(TlbConfig.Tiny, new() { Height = 300, Width = 300 }, count);
            var error = Assert.Throws<InvalidOperationException>(() => Run.Score(scorer, batch, TlbConfig.Tiny.NumberOfClasses));
            Assert.StartsWith("Scoring images of 300x300 pixels takes ", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Little memory takes fewer threads, and gives the same.</summary>
    [Fact]
    public void Little_memory_changes_no_bit()
    {
        var weights = TestConfigs.RandomWeights(TlbConfig.Small, seed: 1);
        var batch = TestConfigs.RandomBatch(TlbConfig.Small, 100);
        var shape = new TileShape(TlbConfig.Small, Registers.WideLanes);
        var least = sizeof(float) * (shape.ScoringFloats(isSingle: false) + TileShape.ImageFloats(TlbConfig.Small, batch.Layout, Registers.WideLanes));
        using var usual = new CpuEngine().CreateScorer(weights);
        using var sparing = new CpuEngine().CreateScorer(weights, least);
        Assert.Equal(Run.Score(usual, batch, TlbConfig.Small.NumberOfClasses), Run.Score(sparing, batch, TlbConfig.Small.NumberOfClasses));
        using var parts = new Torch.TorchEngine(TorchSharp.torch.CPU).CreateScorer(weights, 3 * Torch.PassSize.ScoringBytes(TlbConfig.Small));
        Assert.True(Run.Score(usual, batch, TlbConfig.Small.NumberOfClasses).Zip(Run.Score(parts, batch, TlbConfig.Small.NumberOfClasses)).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5f));   // another engine rounds otherwise
    }
}
