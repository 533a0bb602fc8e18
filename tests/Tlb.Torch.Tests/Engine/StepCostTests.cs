using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

/// <summary>What decides the speed on a CUDA device: how many operators the host starts, and that it never waits for their results.</summary>
public sealed class StepCostTests
{
    private const int BatchSize = 4;

    /// <summary>
    /// Every tensor that the host gets to see counts, views too; the number depends on the network's depth and its chunks, not on
    /// the batch or the widths. At the example's depth (6 blocks, 3 of which read the state) scoring takes 18 operators and 101 per
    /// chunk, a step as many per chunk; 200 with dropout, which tells the state vectors apart. Once per step some 500 are for
    /// cutting up and folding the weights, the loss and the optimizer.
    /// </summary>
    [Theory]
    [InlineData(0, 101)]
    [InlineData(0.2f, 200)]
    public void Operators_grow_with_the_chunks_only(float dropout, int perChunk)
    {
        var (step2, score2) = Count(imageSize: 8, chunks: 2, dropout);
        var (step8, score8) = Count(imageSize: 16, chunks: 8, dropout);
        var (step18, score18) = Count(imageSize: 24, chunks: 18, dropout);
        Assert.Equal([perChunk * 6, perChunk * 10], [step8 - step2, step18 - step8]);
        Assert.InRange(step2 - perChunk * 2, 0, 560);
        Assert.Equal([18 + 101 * 2, 18 + 101 * 8, 18 + 101 * 18], [score2, score8, score18]);
    }

    /// <summary>On torch's "meta" device tensors have shapes and no values: whoever waits for a value gets an exception.</summary>
    [Theory]
    [InlineData(0, Precision.Float32)]
    [InlineData(0.2f, Precision.Float32)]
    [InlineData(0, Precision.BFloat16)]
    [InlineData(0, Precision.Float16)]
    public void A_step_never_waits_for_the_device(float dropout, Precision precision)
    {
        var config = TlbConfig.Tiny with { AttentionDropout = dropout, FeedForwardDropout = dropout };
        var weights = NetworkWeights.Initialize(config, 1);
        using var session = new TorchEngine(META, precision).StartTraining(weights, new() { WeightDecay = 0.01f, GradientClipNorm = 1, AverageDecay = 0.9f });
        for (var step = 0; step < 3; step++)
            session.RunStep(Batch(config), 0.01f);
        Assert.ThrowsAny<Exception>(() => session.ReadMetrics());            // the device does notice
        Assert.ThrowsAny<Exception>(() => session.CopyWeightsTo(weights));
    }

    private static (long Step, long Score) Count(int imageSize, int chunks, float dropout)
    {
        var config = TlbConfig.KerasExample with
        {
            ImageSize = imageSize, ChunkSize = 2, EmbeddingDimension = 8, AttentionDropout = dropout, FeedForwardDropout = dropout,
        };
        Assert.Equal(chunks, config.ChunkCount);
        var weights = NetworkWeights.Initialize(config, 1);
        var batch = Batch(config);
        using var session = new TorchEngine(CPU).StartTraining(weights, new() { WeightDecay = 0.01f, Seed = 1 });
        session.RunStep(batch, 0.01f);
        var step = TensorsOf(() => session.RunStep(batch, 0.01f));
        using var scorer = new TorchEngine(CPU).CreateScorer(weights);
        var probabilities = new float[BatchSize * config.NumberOfClasses];
        return (step, TensorsOf(() => scorer.Score(batch, probabilities)));
    }

    private static long TensorsOf(Action action)
    {
        var statistics = DisposeScopeManager.Statistics;
        var before = statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount;
        action();
        return statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount - before;
    }

    private static ImageBatch Batch(TlbConfig config)
    {
        var batch = new ImageBatch(new() { Height = config.ImageSize, Width = config.ImageSize }, BatchSize);
        for (var i = 0; i < BatchSize; i++)
            batch.Add(i).Fill((byte)i);
        return batch;
    }
}
