namespace Tlb.Core.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tlb").FullName;

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    public void A_run_that_breaks_off_at_any_step_and_resumes_does_the_same_steps(int brokenAt)
    {
        var whole = new RecordingEngine();
        var expected = Fit(whole, Options(folder: null));
        var engine = new RecordingEngine { OnStep = step => { if (step == brokenAt) throw new IOException("power failure"); } };
        Assert.Throws<IOException>(() => Fit(engine, Options(_folder)));
        engine.OnStep = null;
        var log = new List<string>();
        var resumed = Fit(engine, Options(_folder), log: log.Add);
        Assert.Contains(log, line => line.StartsWith("Resumed at epoch", StringComparison.Ordinal));
        Assert.Equal(expected.Weights.Values, resumed.Weights.Values);
        Assert.Equal(
            expected.History.Epochs.Select(epoch => (epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss, epoch.IsBest)),
            resumed.History.Epochs.Select(epoch => (epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss, epoch.IsBest)));
    }

    [Fact]
    public void Checkpoints_are_written_after_every_so_many_epochs_and_the_last()
    {
        var newest = new List<string?>();
        var options = Options(_folder);
        (options.Epoch, options.CheckpointEveryEpochs, options.CheckpointInterval) = (5, 2, null);
        options.MetricsCallback = progress =>
        {
            if (progress.IsEndOfEpoch)
                newest.Add(Directory.GetFiles(_folder).Select(Path.GetFileNameWithoutExtension).Max(StringComparer.Ordinal));
        };
        Fit(new(), options);
        const string Second = "checkpoint-000000000006";                     // by its step, 3 an epoch
        const string Fourth = "checkpoint-000000000012";
        Assert.Equal([null, Second, Second, Fourth, "checkpoint-000000000015"], newest);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    /// <summary>The engine's scale doubles after every second step: to go on in time takes the scale and the steps counted at it.</summary>
    [Theory]
    [InlineData(5)]                                                          // has just doubled
    [InlineData(6)]                                                          // one of two steps counted
    public void A_scaled_loss_goes_on_at_its_scale(int brokenAt)
    {
        var expected = Fit(new() { LossScale = 4 }, Options(folder: null));
        Assert.NotEqual(Fit(new(), Options(folder: null)).Weights.Values, expected.Weights.Values);
        var engine = new RecordingEngine { LossScale = 4, OnStep = step => { if (step == brokenAt) throw new IOException("power failure"); } };
        Assert.Throws<IOException>(() => Fit(engine, Options(_folder)));
        engine.OnStep = null;
        Assert.Equal(expected.Weights.Values, Fit(engine, Options(_folder)).Weights.Values);
    }

    [Fact]
    public void Resuming_a_finished_run_does_nothing_more()
    {
        var engine = new RecordingEngine();
        var first = Fit(engine, Options(_folder));
        var steps = engine.Batches.Count;
        var second = Fit(engine, Options(_folder));
        Assert.Equal(steps, engine.Batches.Count);
        Assert.Equal(first.Weights.Values, second.Weights.Values);
    }

    [Fact]
    public void A_torn_checkpoint_is_refused_by_name_and_the_one_before_is_used()
    {
        var engine = new RecordingEngine();
        var expected = Fit(engine, Options(_folder));
        var files = Directory.GetFiles(_folder).Order().ToArray();
        Assert.Equal(2, files.Length);                                       // the newest two
        using (var torn = File.OpenWrite(files[1]))
            torn.SetLength(torn.Length - 100);
        var log = new List<string>();
        var resumed = Fit(engine, Options(_folder), log: log.Add);
        Assert.Contains(log, line => line.StartsWith("Checkpoint refused:", StringComparison.Ordinal) && line.Contains(files[1], StringComparison.Ordinal));
        Assert.Equal(expected.Weights.Values, resumed.Weights.Values);
    }

    [Fact]
    public void What_a_killed_process_left_unfinished_is_no_checkpoint_and_is_deleted()
    {
        var engine = new RecordingEngine();
        var expected = Fit(engine, Options(_folder));
        var files = Directory.GetFiles(_folder).Order().ToArray();
        File.Copy(files[1], Path.Combine(_folder, "checkpoint-000000000099.safetensors.part"));
        var log = new List<string>();
        Assert.Equal(expected.Weights.Values, Fit(engine, Options(_folder), log: log.Add).Weights.Values);
        Assert.DoesNotContain(log, line => line.StartsWith("Checkpoint refused:", StringComparison.Ordinal));
        Assert.Equal(files, Directory.GetFiles(_folder).Order());
    }

    [Fact]
    public void A_changed_byte_is_noticed()
    {
        var engine = new RecordingEngine();
        Fit(engine, Options(_folder));
        foreach (var file in Directory.GetFiles(_folder))
        {
            var bytes = File.ReadAllBytes(file);
            bytes[^5] ^= 1;
            File.WriteAllBytes(file, bytes);
        }
        var error = Assert.Throws<InvalidDataException>(() => Fit(engine, Options(_folder)));
        Assert.All(Directory.GetFiles(_folder), file => Assert.Contains($"'{file}' is damaged: its checksum differs.", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_of_other_options_is_refused_with_what_differs()
    {
        Fit(new(), Options(_folder));
        var options = Options(_folder);
        options.LearningRate = 0.25f;
        options.BatchSize = 5;
        var error = Assert.Throws<InvalidDataException>(() => Fit(new(), options));
        Assert.Contains("batchSize was 4 and is 5, learningRate was 0.5 and is 0.25.", error.Message, StringComparison.Ordinal);
        var weighted = new ImageSet(TrainingRunTests.Images(1).Layout);
        for (var i = 0; i < 10; i++)
            weighted.Add([(byte)i, 0, 0], i % TlbConfig.Tiny.NumberOfClasses, weight: i == 3 ? 2 : 1);
        Assert.Contains("Weights was ", Assert.Throws<InvalidDataException>(() => Fit(new(), Options(_folder), images: weighted)).Message, StringComparison.Ordinal);
        Assert.Contains("Precision was Float32 and is BFloat16", Assert.Throws<InvalidDataException>(() => Fit(new() { Precision = Precision.BFloat16 }, Options(_folder))).Message, StringComparison.Ordinal);
        Assert.Contains("is of another run", Assert.Throws<InvalidDataException>(() => Fit(new(), Options(_folder), seed: 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_files_are_refused_by_name()
    {
        var file = Path.Combine(_folder, "checkpoint-000000000009.safetensors");
        NetworkWeights.Initialize(TlbConfig.Tiny, 1).Save(file);
        var error = Assert.Throws<InvalidDataException>(() => Fit(new(), Options(_folder)));
        Assert.Contains($"'{file}' is not a checkpoint of this version.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_run_does_not_mix_its_checkpoints_with_others()
    {
        Fit(new(), Options(_folder));
        var options = Options(_folder);
        options.Resume = false;
        var error = Assert.Throws<InvalidDataException>(() => Fit(new(), options));
        Assert.Equal($"CheckpointFolder '{_folder}' already holds checkpoints. Set Resume to go on from them, or give another folder.", error.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>3 epochs of 3 steps, with a checkpoint after every step.</summary>
    private static TrainingOptions Options(string? folder) => new()
    {
        Epoch = 3, BatchSize = 4, LearningRate = 0.5f, CheckpointFolder = folder, Resume = folder is not null, CheckpointInterval = TimeSpan.FromTicks(1),
        LearningRateSchedule = new() { Kind = LearningRateScheduleKind.Cosine }, EarlyStopping = new() { Patience = 9 },
    };

    private static TrainingResult Fit(RecordingEngine engine, TrainingOptions options, int seed = 1, Action<string>? log = null, ImageSet? images = null)
    {
        engine.Confidence ??= step => 0.5f + 0.3f * MathF.Sin(step);
        return new Trainer(engine, options, log).Fit(NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1), images ?? TrainingRunTests.Images(10), TrainingRunTests.Images(3), seed);
    }
}
