namespace Tlb.Core.Tests;

/// <summary>The order of an epoch is drawn in the memory of the one before it.</summary>
public sealed class EpochOrderTests
{
    private const int Count = 50_000;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, null)]
    [InlineData(true, null)]
    public void Going_through_images_again_allocates_less_than_an_order(bool isSubset, int? seed)
    {
        var images = new ImageSet(new() { Height = 1, Width = 1 });
        for (var i = 0; i < Count; i++)
            images.Add([0, 0, 0], i % 2);
        IImageSource source = isSubset ? new ImageSubset(images, [.. Enumerable.Range(0, Count)]) : images;
        source.Read(seed).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        source.Read(seed).Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Count);
    }

    [Fact]
    public void Readers_at_the_same_time_have_orders_of_their_own()
    {
        var images = new ImageSet(new() { Height = 1, Width = 1 });
        for (var i = 0; i < 100; i++)
            images.Add([0, 0, 0], i);
        Read(1).Dispose();
        using IImageReader first = Read(1), second = Read(2);
        Assert.Equal(Enumerable.Range(0, 100), Labels(first).Order());
        Assert.Equal(Enumerable.Range(0, 100), Labels(second).Order());

        IImageReader Read(int seed) => images.Read(seed);

        static int[] Labels(IImageReader reader)
        {
            var batch = new ImageBatch(new() { Height = 1, Width = 1 }, 100);
            reader.Fill(batch);
            return batch.Labels.ToArray();
        }
    }
}
