using System.Text.RegularExpressions;

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
                newest.Add(Checkpoints().Select(Path.GetFileNameWithoutExtension).LastOrDefault());
        };
        Fit(new(), options);
        const string Second = "checkpoint-000000000006";                     // by its step, 3 an epoch
        const string Fourth = "checkpoint-000000000012";
        Assert.Equal([null, Second, Second, Fourth, "checkpoint-000000000015"], newest);
        Assert.Equal(2, Checkpoints().Length);
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
        var files = Checkpoints();
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
        var files = Checkpoints();
        File.Copy(files[1], Path.Combine(_folder, "checkpoint-000000000099.safetensors.part"));
        var log = new List<string>();
        Assert.Equal(expected.Weights.Values, Fit(engine, Options(_folder), log: log.Add).Weights.Values);
        Assert.DoesNotContain(log, line => line.StartsWith("Checkpoint refused:", StringComparison.Ordinal));
        Assert.Equal(files, Checkpoints());
    }

    [Fact]
    public void A_changed_byte_is_noticed()
    {
        var engine = new RecordingEngine();
        Fit(engine, Options(_folder));
        foreach (var file in Checkpoints())
        {
            var bytes = File.ReadAllBytes(file);
            bytes[^5] ^= 1;
            File.WriteAllBytes(file, bytes);
        }
        var error = Assert.Throws<InvalidDataException>(() => Fit(engine, Options(_folder)));
        Assert.All(Checkpoints(), file => Assert.Contains($"'{file}' is damaged: its checksum differs.", error.Message, StringComparison.Ordinal));
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

    /// <summary>Two runs would delete each other's checkpoints, and resume from them.</summary>
    [Fact]
    public void One_run_writes_to_a_folder_and_the_next_hears_whose_it_is()
    {
        var options = Options(_folder);
        Exception? refused = null;
        options.MetricsCallback = _ => refused ??= Record.Exception(() => Fit(new(), Options(_folder)));
        Fit(new(), options);
        Assert.Matches(
            $"^'{Regex.Escape(_folder)}' is being written to by process {Environment.ProcessId} on {Regex.Escape(Environment.MachineName)}, since 20..-..-.. ..:..:.. UTC\\. ",
            Assert.IsType<IOException>(refused).Message);
        Fit(new(), Options(_folder));                                        // the first has let go of it
        Assert.Empty(Directory.GetFiles(_folder, "*.txt"));
    }

    [Fact]
    public void A_run_that_fails_lets_go_of_its_folder()
    {
        var engine = new RecordingEngine { OnStep = step => { if (step == 5) throw new IOException("power failure"); } };
        Assert.Throws<IOException>(() => Fit(engine, Options(_folder)));
        var options = Options(_folder);
        options.Resume = false;
        Assert.Throws<InvalidDataException>(() => Fit(new(), options));
        Fit(new(), Options(_folder));
    }

    /// <summary>As on a full disk.</summary>
    [Fact]
    public void A_checkpoint_that_can_not_be_written_is_a_warning_and_the_next_is_tried()
    {
        var expected = Fit(new(), Options(folder: null));
        var inTheWay = Directory.CreateDirectory(Path.Combine(_folder, "checkpoint-000000000005.safetensors"));
        List<string> warnings = [], newest = [];
        var options = Options(_folder);
        options.MetricsCallback = progress => newest.Add(Path.GetFileNameWithoutExtension(Checkpoints()[^1]));
        Assert.Equal(expected.Weights.Values, Fit(new(), options, warn: warnings.Add).Weights.Values);
        Assert.StartsWith("A checkpoint could not be written in epoch 2; the training goes on, and tries again at the next: ", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(["checkpoint-000000000004", "checkpoint-000000000006"], newest[4..6]);
        Assert.Equal([inTheWay.Name, "checkpoint-000000000008.safetensors", "checkpoint-000000000009.safetensors", "writer.lock"], Names());
    }

    [Fact]
    public void What_a_user_put_into_the_folder_stays()
    {
        string[] own = ["checkpoint-best.safetensors", "checkpoint-000000000001.safetensors.mine.part", "notes.part", "zzz"];
        foreach (var name in own)
            File.WriteAllText(Path.Combine(_folder, name), name);
        Fit(new(), Options(_folder));
        Fit(new(), Options(_folder));
        Assert.All(own, name => Assert.Equal(name, File.ReadAllText(Path.Combine(_folder, name))));
        Assert.Equal(2 + own.Length + 1, Names().Count);
    }

    /// <summary>Counted among the newest two, a torn one of a later step would push out each that is written.</summary>
    [Fact]
    public void Refused_checkpoints_of_later_steps_push_out_none()
    {
        foreach (var step in new[] { 7, 8 })
            File.WriteAllText(Path.Combine(_folder, $"checkpoint-00000000000{step}.safetensors"), "torn");
        var engine = new RecordingEngine { OnStep = step => { if (step == 6) throw new IOException("power failure"); } };
        var seed = Path.Combine(_folder, "seed");
        Assert.Throws<IOException>(() => Fit(engine, Options(seed)));
        foreach (var file in Directory.GetFiles(seed, "*.safetensors"))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        var (warnings, counts) = (new List<string>(), new List<int>());
        var options = Options(_folder);
        options.MetricsCallback = _ => counts.Add(Checkpoints().Length);
        engine.OnStep = null;
        Assert.Equal(Fit(new(), Options(folder: null)).Weights.Values, Fit(engine, options, warn: warnings.Add).Weights.Values);
        Assert.Equal(2, warnings.Count);
        Assert.All(counts, count => Assert.True(count >= 2));
        Assert.Equal(["checkpoint-000000000008.safetensors", "checkpoint-000000000009.safetensors"], Checkpoints().Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(LearningRateScheduleKind.Constant)]
    [InlineData(LearningRateScheduleKind.Cosine)]
    public void A_finished_run_goes_on_when_it_is_made_longer(LearningRateScheduleKind kind)
    {
        var schedule = new LearningRateSchedule { Kind = kind };
        Fit(new(), Longer(3, _folder));
        var (engine, log) = (new RecordingEngine(), new List<string>());
        var longer = Fit(engine, Longer(5, _folder), log: log.Add);
        Assert.Equal([1, 2, 3, 4, 5], longer.History.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(Enumerable.Range(9, 6).Select(step => schedule.RateAt(0.5f, step, 3, 5)), engine.Rates);
        Assert.Contains(log, line => line.StartsWith("The run was to have 3 epochs and has 5:", StringComparison.Ordinal));
        if (kind == LearningRateScheduleKind.Constant)
            Assert.Equal(Fit(new(), Longer(5, folder: null)).Weights.Values, longer.Weights.Values);

        TrainingOptions Longer(int epochs, string? folder)
        {
            var options = Options(folder);
            (options.Epoch, options.LearningRateSchedule, options.CheckpointInterval) = (epochs, schedule, null);
            return options;
        }
    }

    [Fact]
    public void A_run_is_not_made_shorter_than_it_is()
    {
        Fit(new(), Options(_folder));
        var options = Options(_folder);
        options.Epoch = 2;
        var error = Assert.Throws<InvalidDataException>(() => Fit(new(), options));
        Assert.Contains("has come to epoch 3, and Epoch is 2; expected 3 or more", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Checkpoints() => [.. Directory.GetFiles(_folder, "checkpoint-*.safetensors").Order(StringComparer.Ordinal)];

    private List<string?> Names() => [.. Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    /// <summary>3 epochs of 3 steps, with a checkpoint after every step.</summary>
    private static TrainingOptions Options(string? folder) => new()
    {
        Epoch = 3, BatchSize = 4, LearningRate = 0.5f, CheckpointFolder = folder, Resume = folder is not null, CheckpointInterval = TimeSpan.FromTicks(1),
        LearningRateSchedule = new() { Kind = LearningRateScheduleKind.Cosine }, EarlyStopping = new() { Patience = 9 },
    };

    private static TrainingResult Fit(RecordingEngine engine, TrainingOptions options, int seed = 1, Action<string>? log = null, ImageSet? images = null, Action<string>? warn = null)
    {
        engine.Confidence ??= step => 0.5f + 0.3f * MathF.Sin(step);
        return new Trainer(engine, options, log, warn).Fit(NetworkWeights.Initialize(TlbConfig.Tiny, seed: 1), images ?? TrainingRunTests.Images(10), TrainingRunTests.Images(3), seed);
    }
}
