namespace Tlb.Cpu.Tests;

/// <summary>However many ranks share the batches, they all come to the same bits.</summary>
public sealed class RankTrainingTests
{
    private static readonly TlbConfig Config = TlbConfig.Tiny with { AttentionDropout = 0.1f, FeedForwardDropout = 0.2f };

    /// <summary>Batches of many tiles, of one, and of fewer images than ranks; with what reads other images of the batch, and what depends on the whole gradient.</summary>
    [Fact]
    public void Ranks_of_any_number_train_to_the_same_bits()
    {
        var expected = Train(1)[0];
        var alone = Train(new CpuEngine(), ranks: null);
        if (Registers.WideLanes == Registers.NarrowLanes)                    // else a process alone may take wider ones
            Assert.Equal(expected, alone);
        foreach (var count in new[] { 2, 3, 4, 7 })
            Assert.All(Train(count), actual => Assert.Equal(expected, actual));
    }

    /// <summary>Whoever computes nothing of a batch still gets its sum.</summary>
    [Fact]
    public void More_ranks_than_tiles_train_too()
    {
        var weights = NetworkWeights.Initialize(Config, 1);
        var batch = TestConfigs.RandomBatch(Config, 5);
        var one = ThreadMessages.Run(1, ranks => Step(weights, batch, ranks));
        Assert.All(ThreadMessages.Run(3, ranks => Step(weights, batch, ranks)), actual => Assert.Equal(one[0], actual));
    }

    [Fact]
    public void A_share_is_all_that_a_rank_reads()
    {
        var shares = ThreadMessages.Run(3, ranks =>
        {
            using var session = new CpuEngine().StartTraining(NetworkWeights.Initialize(Config, 1), new() { Ranks = ranks });
            return session.ShareOf(100);
        });
        Assert.Equal(0, shares[0].Start.Value);
        Assert.Equal(shares[0].End, shares[1].Start);
        Assert.Equal(shares[1].End, shares[2].Start);
        Assert.Equal(100, shares[2].End.Value);
        Assert.All(shares, share => Assert.InRange(share.End.Value - share.Start.Value, 100 / 3 - 16, 100 / 3 + 16));

        var batch = new ImageBatch(new() { Height = 1, Width = 1 }, 10);
        Assert.True(batch.IsWanted(9));
        batch.Want(7..9, 4, 10);
        Assert.Equal([1, 2, 7, 8], Enumerable.Range(0, 10).Where(batch.IsWanted));   // 7 + 4 and 8 + 4, around the end
    }

    /// <summary>An epoch's batches are read ahead, the one after the last too.</summary>
    [Fact]
    public void After_the_last_batch_there_is_nothing_to_share()
    {
        var images = Images(3);
        using var reader = new ShareReader(images, images.Read(null), count => count > 0 ? ..1 : throw new InvalidOperationException("a share of nothing"), (_, _) => 0);
        var batch = new ImageBatch(images.Layout, 3);
        foreach (var expected in new[] { 3, 0, 0 })
        {
            reader.Fill(batch);
            Assert.Equal(expected, batch.Count);
        }
    }

    /// <summary>Whoever fails names itself to all, and nobody waits for it.</summary>
    [Fact]
    public void A_rank_that_fails_ends_the_run_with_its_name()
    {
        var error = Assert.Throws<AggregateException>(() => ThreadMessages.Run(3, ranks => Train(new CpuEngine(), ranks, failing: ranks.Rank == 1)));
        Assert.Equal(3, error.InnerExceptions.Count);
        var failed = error.InnerExceptions.OfType<RankFailedException>().ToList();
        Assert.Equal(2, failed.Count);
        Assert.All(failed, each => Assert.Equal((1, $"Rank 1 of 3 ({Environment.MachineName}) has ended the training: disk on fire"), (each.Rank, each.Message)));
        Assert.Contains(error.InnerExceptions, each => each is InvalidDataException { Message: "disk on fire" });
    }

    [Fact]
    public void What_a_rank_has_otherwise_is_named()
    {
        var error = Assert.Throws<AggregateException>(() => ThreadMessages.Run(3, ranks => Train(new CpuEngine(), ranks, seed: ranks.Rank == 2 ? 8 : 7)));
        Assert.All(error.InnerExceptions, each => Assert.Equal(
            $"Rank 2 of 3 ({Environment.MachineName}) has other options or data than rank 0: Seed is 8 there and 7 in rank 0. All processes need the same.", Assert.IsType<RankFailedException>(each).Message));
    }

    /// <summary>One of them is cancelled; all stop after the same step, and have the first's best weights.</summary>
    [Fact]
    public void Whoever_is_cancelled_cancels_all()
    {
        using var source = new CancellationTokenSource();
        var steps = 0;
        var results = ThreadMessages.Run(
            3, ranks => Train(new CpuEngine(), ranks, cancel: ranks.Rank == 1 ? () => { if (++steps == 4) source.Cancel(); } : null), [default, source.Token, default]);
        Assert.All(results, actual => Assert.Equal(results[0], actual));
        Assert.NotEqual(Train(1)[0], results[0]);
    }

    private static float[][] Train(int count) => ThreadMessages.Run(count, ranks => Train(new CpuEngine(), ranks));

    private static float[] Train(IEngine engine, Ranks? ranks, int seed = 7, bool failing = false, Action? cancel = null)
    {
        var options = new TrainingOptions
        {
            Epoch = 2, BatchSize = 100, AverageDecay = 0.9f, GradientClipNorm = 0.1f, CancellationBehavior = CancellationBehavior.ReturnBest,
            Augmentation = new() { PadCrop = 1, HorizontalFlip = 0.5f, Mixup = 0.3f, CutMix = 1 },
        };
        var images = new Watched(Images(3 * 100 + 3), failing, cancel);
        var validation = ranks?.IsFirst != false ? Images(9) : null;
        return new Trainer(engine, options, ranks: ranks).Fit(NetworkWeights.Initialize(Config, 1), images, validation, seed).Weights.Values;
    }

    private static float[] Step(NetworkWeights weights, ImageBatch batch, Ranks ranks)
    {
        using var session = new CpuEngine().StartTraining(weights, new() { Ranks = ranks });
        session.RunStep(batch, 0.01f);
        session.CopyWeightsTo(weights = new(weights.Config));
        return weights.Values;
    }

    private static ImageSet Images(int count)
    {
        var (images, random) = (new ImageSet(new() { Height = Config.ImageSize, Width = Config.ImageSize }), new Random(count));
        var pixels = new byte[images.Layout.ByteCount];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(pixels);
            images.Add(pixels, i % Config.NumberOfClasses);
        }
        return images;
    }

    /// <summary>Images of which those that are not wanted are noise, so that nobody can use them; and that fail in the second epoch, where they are to.</summary>
    private sealed class Watched(ImageSet images, bool fails, Action? onBatch) : IImageSource
    {
        private int _epoch;

        public ImageLayout Layout => images.Layout;

        public int Count => images.Count;

        public IReadOnlyList<int> Labels => images.Labels;

        public IReadOnlyList<float> Weights => images.Weights;

        public IImageReader Read(int? shuffleSeed) => fails && ++_epoch == 2 ? throw new InvalidDataException("disk on fire") : new Reader(images.Read(shuffleSeed), onBatch);

        private sealed class Reader(IImageReader reader, Action? onBatch) : IImageReader
        {
            public void Fill(ImageBatch batch)
            {
                onBatch?.Invoke();
                reader.Fill(batch);
                for (var i = 0; i < batch.Count; i++)
                    if (!batch.IsWanted(i))
                        Random.Shared.NextBytes(batch.Image(i));
            }

            public void Dispose() => reader.Dispose();
        }
    }
}
