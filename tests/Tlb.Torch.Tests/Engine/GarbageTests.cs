namespace Tlb.Torch.Tests;

/// <summary>TorchSharp's wrappers are freed by the garbage collector too: a collection must never take what a call still uses.</summary>
public sealed class GarbageTests
{
    private static readonly TlbConfig Smallest = TlbConfig.Tiny with { NumberOfLayers = 1, AttentionDropout = 0.2f, FeedForwardDropout = 0.2f };

    [Fact]
    public async Task Two_thousand_steps_beside_a_thread_that_makes_garbage_are_the_calm_ones()
    {
        const int BytesPerSecond = 90_000_000, Piece = 1 << 16, Collected = 1 << 26; // a machine with a large cache would collect only now and then
        var expected = Train(Smallest, 2000);
        using var stop = new CancellationTokenSource();
        var made = 0L;
        var maker = Task.Run(() =>
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (!stop.IsCancellationRequested)
            {
                if (made < watch.Elapsed.TotalSeconds * BytesPerSecond)
                {
                    made += new byte[Piece].Length;
                    if (made % Collected == 0)
                        GC.Collect(0);
                }
                else
                    Thread.Yield();
            }
        });
        var collections = GC.CollectionCount(0);
        Assert.Equal(expected, Train(Smallest, 2000));
        Assert.True(GC.CollectionCount(0) - collections >= 10, $"only {GC.CollectionCount(0) - collections} collections");
        await stop.CancelAsync();
        await maker;
    }

    [Theory]
    [MemberData(nameof(PaperNetworks.Names), MemberType = typeof(PaperNetworks))]
    public async Task Steps_and_explanations_beside_one_collection_after_the_other_are_the_calm_ones(string network)
    {
        var config = PaperNetworks.WithDropout(network);
        var expected = Train(config, 40);
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);                                               // what was made last is what a call still uses
                GC.WaitForPendingFinalizers();
            }
        });
        Assert.Equal(expected, Train(config, 40));
        await stop.CancelAsync();
        await collector;
    }

    /// <summary>Weights and attention after some steps with all that a step can do.</summary>
    private static float[] Train(TlbConfig config, int steps)
    {
        var weights = NetworkWeights.Initialize(config, 1);
        using var session = TestDevice.Engine().StartTraining(
            weights, new() { WeightDecay = 0.01f, AverageDecay = 0.9f, GradientClipNorm = 1, LabelSmoothing = 0.1f, Seed = 1 });
        var batch = new ImageBatch(new() { Height = config.ImageSize, Width = config.ImageSize }, 2);
        var random = new Random(1);
        for (var i = 0; i < batch.Capacity; i++)
            random.NextBytes(batch.Add(i));
        var (probabilities, attention) = (new float[2 * 10], new float[2 * config.TokenCount]);
        for (var step = 0; step < steps; step++)
        {
            session.RunStep(batch, 0.003f);
            if (step % 20 != 0)
                continue;
            session.ReadMetrics();
            session.Score(batch, probabilities);
            session.CopyWeightsTo(weights);
            using var scorer = TestDevice.Engine().CreateScorer(weights);
            scorer.Explain(batch, probabilities, attention);
        }
        return [.. session.SaveState().Weights, .. probabilities, .. attention];
    }
}
