namespace Tlb.ML.Tests;

[Collection(nameof(MemoryTests))]
public sealed class StreamingMemoryTests
{
    private const int Count = 1500;
    private const int Side = 64;
    private const long Bytes = Count * Side * Side * 3L;                     // 18 MB
    private const long Budget = 1 << 20;

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void No_more_pixels_are_held_than_the_budget_says()
    {
        var inMemory = HeldBytes(long.MaxValue);
        Assert.True(inMemory > Bytes, $"{inMemory:N0} bytes held, of {Bytes:N0}");
        // Besides the budget: 64 images that are decoded at a time, as vectors of floats in the rows, again in a worker and as bytes: 7 MB.
        var streamed = HeldBytes(Budget);
        Assert.True(streamed < Budget + (7 << 20), $"{streamed:N0} bytes held with a budget of {Budget:N0}");
    }

    /// <summary>What is held in the midst of an epoch.</summary>
    private long HeldBytes(long budget)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var options = TestImages.Options;
        options.MemoryBudget = budget;
        var source = NumberedImages.Read(_ml, _ml.Data.LoadFromEnumerable(Rows()), options);
        using var reader = source.Read(shuffleSeed: 1);
        var batch = new ImageBatch(source.Layout, capacity: 16);
        for (var i = 0; i < Count / 2; i += batch.Count)
            reader.Fill(batch);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(source);
        return held;
    }

    private static IEnumerable<Row> Rows()
    {
        for (var i = 0; i < Count; i++)
            yield return new() { Label = (uint)i % 3, Image = [.. Enumerable.Repeat(i % 256f, 3 * Side * Side)] };
    }

    private sealed class Row
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(3, Side, Side)]
        public float[] Image { get; set; } = [];
    }
}
