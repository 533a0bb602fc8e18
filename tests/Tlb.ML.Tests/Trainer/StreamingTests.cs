using static Tlb.ML.Tests.NumberedImages;

namespace Tlb.ML.Tests;

/// <summary>Images that don't fit the memory budget: what comes out of a source that decodes them anew.</summary>
public sealed class StreamingTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly NumberedImages _images;

    public StreamingTests() => _images = new(_ml);

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("files", Count)]
    [InlineData("images", Count / 6)]                                        // the shuffle buffer: half of a third
    [InlineData("vectors", Count / 6)]
    public void Every_image_comes_once_in_an_order_that_the_seed_decides(string kind, int shuffleBufferSize)
    {
        var source = Read(_ml, _images.View(kind), SmallBudget);
        Assert.IsAssignableFrom<StreamedImages>(source);
        Assert.Equal((Count, shuffleBufferSize), (source.Count, source.ShuffleBufferSize));
        var all = Enumerable.Range(0, Count).Select(i => (i, i % 3, i / 8f)).ToList();
        Assert.Equal(all.Select(image => image.Item2), source.Labels);

        Assert.Equal(all, Epoch(source, shuffleSeed: null).Images);
        var (first, batches) = Epoch(source, shuffleSeed: 1);
        Assert.Equal([16, 16, 8], batches);
        Assert.Equal(all, first.Order());
        Assert.Equal(first, Epoch(source, shuffleSeed: 1, batchSize: 7).Images);
        var second = Epoch(source, shuffleSeed: 2).Images;
        Assert.Equal(all, second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(all, second);
    }

    [Fact]
    public void What_fits_the_budget_to_the_byte_stays_in_memory()
    {
        var options = SmallBudget;
        options.MemoryBudget = Count * Bytes;
        Assert.IsType<ImageSet>(Read(_ml, _images.View("images"), options));
        options.MemoryBudget--;
        Assert.IsType<CursorImages>(Read(_ml, _images.View("images"), options));
        options.MemoryBudget = 1;                                            // one image is held all the same
        Assert.Equal(1, Read(_ml, _images.View("images"), options).ShuffleBufferSize);
    }

    [Fact]
    public void Files_come_in_the_order_that_images_in_memory_have()
    {
        var view = _images.View("files");
        var (streamed, options) = (Read(_ml, view, SmallBudget), SmallBudget);
        options.MemoryBudget = long.MaxValue;
        var inMemory = Read(_ml, view, options);
        Assert.Equal(inMemory.Layout, streamed.Layout);
        Assert.Equal(Epoch(inMemory, shuffleSeed: 5).Images, Epoch(streamed, shuffleSeed: 5).Images);
    }

    [Theory]
    [InlineData("files")]
    [InlineData("images")]
    public void Held_out_images_are_those_that_are_held_out_in_memory(string kind)
    {
        var view = _images.View(kind);
        var options = SmallBudget;
        var (training, validation) = TrainingImages.HoldOut(Read(_ml, view, options), 0.25, seed: 3);
        options.MemoryBudget = long.MaxValue;
        var (trainingInMemory, validationInMemory) = TrainingImages.HoldOut(Read(_ml, view, options), 0.25, seed: 3);
        Assert.IsType<ImageSubset>(validationInMemory);
        var heldOut = Epoch(validation, shuffleSeed: null).Images;
        Assert.Equal(Epoch(validationInMemory, shuffleSeed: null).Images, heldOut);
        Assert.Equal([4, 3, 3], heldOut.CountBy(image => image.Class).OrderBy(@class => @class.Key).Select(@class => @class.Value));   // of 14, 13, 13: 3.5, 3.25, 3.25
        var trained = Epoch(training, shuffleSeed: 1).Images;
        Assert.Equal(Epoch(trainingInMemory, shuffleSeed: null).Images, trained.Order());
        Assert.Equal(Enumerable.Range(0, Count), trained.Concat(heldOut).Select(image => image.Number).Order());
        Assert.Equal(training.Labels, trained.Order().Select(image => image.Class));
    }

    [Fact]
    public void Data_are_read_once_and_then_once_per_epoch_only_if_they_do_not_fit()
    {
        var view = new TrackedView(_images.View("images"));
        var options = SmallBudget;
        (options.Epoch, options.MemoryBudget) = (3, long.MaxValue);
        _ml.MulticlassClassification.Trainers.Tlb(options).Fit(view);
        Assert.Equal(Count, view.RowsRead);
        options.MemoryBudget = SmallBudget.MemoryBudget;
        _ml.MulticlassClassification.Trainers.Tlb(options).Fit(view);
        Assert.Equal(Count + 4 * Count, view.RowsRead);
        Assert.Equal(0, view.OpenCursors);
    }

    [Fact]
    public void A_reader_can_be_disposed_in_mid_epoch()
    {
        var view = new TrackedView(_images.View("images"));
        var source = Read(_ml, view, SmallBudget);
        var batch = new ImageBatch(source.Layout, capacity: 5);
        for (var i = 0; i < 3; i++)
        {
            using (var reader = source.Read(shuffleSeed: i))
            {
                reader.Fill(batch);
                Assert.Equal(1, view.OpenCursors);
            }
            Assert.Equal(0, view.OpenCursors);
        }
        Assert.Equal(Enumerable.Range(0, Count), Epoch(source, shuffleSeed: 9).Images.Select(image => image.Number).Order());
    }

    [Fact]
    public void Two_readers_at_once_do_not_share_their_buffers()
    {
        var source = Read(_ml, _images.View("images"), SmallBudget);
        using var reader = source.Read(shuffleSeed: 1);
        var batch = new ImageBatch(source.Layout, capacity: Count);
        var expected = Epoch(source, shuffleSeed: 1).Images.Select(image => (byte)image.Number);
        reader.Fill(batch);
        Assert.Equal(expected, Enumerable.Range(0, Count).Select(i => batch.Image(i)[0]));
    }

    [Fact]
    public void Rows_may_come_in_another_order_each_time()
    {
        var source = Read(_ml, _ml.Data.ShuffleRows(_images.View("vectors")), SmallBudget);
        Assert.All(Epoch(source, shuffleSeed: 1).Images.Concat(Epoch(source, shuffleSeed: null).Images), image => Assert.Equal((image.Number % 3, image.Number / 8f), (image.Class, image.Weight)));
    }

    [Theory]
    [InlineData("files")]
    [InlineData("images")]
    public void Reading_stops_when_it_is_cancelled(string kind)
    {
        using var cancellation = new CancellationTokenSource();
        var options = SmallBudget;
        options.CancellationToken = cancellation.Token;
        var source = Read(_ml, _images.View(kind), options);
        using var reader = source.Read(shuffleSeed: 1);
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => reader.Fill(new(source.Layout, capacity: 1)));
        Assert.Throws<OperationCanceledException>(() => Read(_ml, _images.View(kind), options));
    }

    [Fact]
    public void Rows_that_are_gone_the_next_time_are_missed()
    {
        var rows = Enumerable.Range(0, Count).Select(i => new VectorRow { Label = (uint)i % 3, Weight = 1, Image = new float[Bytes] }).ToList();
        var source = Read(_ml, _ml.Data.LoadFromEnumerable(rows.Where(_ => true)), SmallBudget);
        rows.RemoveRange(30, 10);
        Assert.Equal("The data gave 30 of 40 images this time. They must stay as they are until the training ends.", Assert.Throws<InvalidDataException>(() => Epoch(source, shuffleSeed: 1)).Message);
    }

    [Fact]
    public void Images_that_have_changed_are_named()
    {
        var rows = Enumerable.Range(0, Count).Select(i => new VectorRow { Label = (uint)i % 3, Weight = 1, Image = new float[Bytes] }).ToList();
        var source = Read(_ml, _ml.Data.LoadFromEnumerable(rows.Where(_ => true)), SmallBudget);
        rows[17].Image[3] = 0.5f;
        Assert.StartsWith("Row 17: the image or its label is not what it was", Assert.Throws<InvalidDataException>(() => Epoch(source, shuffleSeed: 1)).Message, StringComparison.Ordinal);
        (rows[17].Image[3], rows[20].Label) = (0, 3);                           // no key of three values
        Assert.StartsWith("Row 20: the row had a label", Assert.Throws<InvalidDataException>(() => Epoch(source, shuffleSeed: 1)).Message, StringComparison.Ordinal);
        (rows[20].Label, rows[21].Image[0]) = (2, float.NaN);
        Assert.StartsWith("Row 21: the image could be read before, and can't be read now: a pixel value is NaN", Assert.Throws<InvalidDataException>(() => Epoch(source, shuffleSeed: 1)).Message, StringComparison.Ordinal);
    }
}
