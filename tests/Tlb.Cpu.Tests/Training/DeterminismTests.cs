namespace Tlb.Cpu.Tests;

/// <summary>The same seed and the same images give the same bits, whatever the threads do.</summary>
public sealed class DeterminismTests
{
    private const int Steps = 4;

    private static readonly TlbConfig Config = TlbConfig.Tiny with { AttentionDropout = 0.1f, FeedForwardDropout = 0.2f };

    /// <summary>So many images that every thread has several groups of tiles, and some groups more than one tile.</summary>
    private static readonly int Count = 16 * (Math.Max(8, Environment.ProcessorCount) + 3) - 5;

    private static float[] Train(int seed = 1) =>
        Run.Train(NetworkWeights.Initialize(Config, 1), TestConfigs.RandomBatch(Config, Count), Steps, seed).Values;

    [Fact]
    public void The_seed_decides_the_weights()
    {
        var expected = Train();
        Assert.Equal(expected, Train());
        Assert.NotEqual(expected, Train(seed: 2));
    }

    /// <summary>The pool has other work: all tiles are left to the thread that trains.</summary>
    [Fact]
    public async Task A_pool_without_a_free_thread_changes_nothing()
    {
        var expected = Train();
        using var release = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, 8 * Environment.ProcessorCount).Select(_ => Task.Run(release.Wait)).ToArray();
        float[] actual = [];
        var training = new Thread(() => actual = Train());                   // none of the pool's
        training.Start();
        training.Join();
        release.Set();
        await Task.WhenAll(blocked);
        Assert.Equal(expected, actual);
    }

    /// <summary>More threads than cores, several trainings at once: tiles are finished in any order.</summary>
    [Fact]
    public void Trainings_beside_each_other_change_nothing()
    {
        var expected = Train();
        var threads = new Thread[2 * Environment.ProcessorCount + 1];
        var results = new float[threads.Length][];
        for (var i = 0; i < threads.Length; i++)
        {
            var index = i;
            threads[i] = new(() => results[index] = Train());
        }
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.All(results, result => Assert.Equal(expected, result));
    }
}
