namespace Tlb.Cpu.Tests;

/// <summary>Tests that count what the whole process allocates, and so run alone.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;

[Collection(nameof(RunsAlone))]
public sealed class AllocationTests
{
    private const int Calls = 5;

    [Fact]
    public void A_single_image_allocates_nothing()
    {
        using var scorer = Run.Scorer(NetworkWeights.Initialize(TlbConfig.Tiny, 1));
        var batch = TestConfigs.RandomBatch(TlbConfig.Tiny, 1);
        var probabilities = new float[10];
        scorer.Score(batch, probabilities);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < Calls; call++)
            scorer.Score(batch, probabilities);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_large_batch_allocates_no_more_than_a_small_one()
    {
        const int WidestTile = 16, Times = 64, SmallestObject = 24;
        var few = WidestTile * Environment.ProcessorCount;                   // work for all threads: the tasks of Parallel.For are then as many
        using var scorer = Run.Scorer(NetworkWeights.Initialize(TlbConfig.Tiny, 1));
        var (small, large) = (Allocated(scorer, few), Allocated(scorer, Times * few));
        // Tasks that happen to start or not are some 100 bytes for each core; one object for each tile would be twice this bound.
        var bound = (Times - 1) * Environment.ProcessorCount * SmallestObject / 2;
        Assert.True(large - small < bound, $"{few} images: {small} bytes; {Times} times as many: {large}; expected less than {bound} more");
    }

    /// <summary>The bytes of a call: of the best of ten rounds, since now and then the thread pool adds a thread, which has working memory made.</summary>
    private static long Allocated(IScorer scorer, int count)
    {
        var batch = TestConfigs.RandomBatch(TlbConfig.Tiny, count);
        var probabilities = new float[count * 10];
        return Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var call = 0; call < Calls; call++)
                scorer.Score(batch, probabilities);
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / Calls;
        });
    }
}
