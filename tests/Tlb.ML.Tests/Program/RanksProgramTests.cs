using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Training by several processes, as <c>mpirun</c> starts them.</summary>
public sealed class RanksProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MpiFact]
    public void Any_number_of_ranks_makes_the_same_weights()
    {
        Write(_folder["data"], 130);
        // What depends on the whole gradient or on other images of the batch; and images that are decoded when they are needed.
        string[] more = ["--batch-size", "60", "--epochs", "3", "--mixup", "0.2", "--average-decay", "0.9", "--clip-norm", "0.1", "--early-stopping", "2", "--memory-budget", "1"];
        using (var alone = ImageClassifierProgram.Start(Training("alone", more)))
            Assert.True(alone.ExitCode == 0, alone.Output);
        var expected = Hash("alone");
        foreach (var count in new[] { 1, 2, 4 })
        {
            using var ranks = Start(Ranks(count, Training($"{count}", more)));
            Assert.True(ranks.ExitCode == 0, ranks.Output);
            Assert.Equal(expected, Hash($"{count}"));
            Assert.Single(Regex.Matches(ranks.Output, "^ *1 of 3 ", RegexOptions.Multiline));   // the first alone prints
            Assert.Contains(count == 1 ? "device    cpu, " : $"device    cpu, {count} ranks", ranks.Output, StringComparison.Ordinal);
        }
    }

    [MpiFact]
    public void A_run_goes_on_with_another_number_of_ranks()
    {
        Write(_folder["data"], 90);
        using (var whole = ImageClassifierProgram.Start(Training("whole", "--epochs", "4")))
            Assert.True(whole.ExitCode == 0, whole.Output);
        string[] checkpoints = ["--checkpoints", _folder["checkpoints"], "--resume"];
        using (var first = Start(Ranks(4, Training("first", ["--epochs", "2", .. checkpoints]))))
            Assert.True(first.ExitCode == 0, first.Output);
        using (var second = Start(Ranks(2, Training("second", ["--epochs", "3", .. checkpoints]))))
            Assert.True(second.ExitCode == 0, second.Output);
        using (var third = ImageClassifierProgram.Start(Training("third", ["--epochs", "4", .. checkpoints])))
            Assert.True(third.ExitCode == 0, third.Output);
        Assert.NotEqual(Hash("whole"), Hash("second"));
        Assert.Equal(Hash("whole"), Hash("third"));
    }

    /// <summary>Killed as by the system when memory runs out: it can say nothing.</summary>
    [MpiFact]
    public void A_rank_that_dies_ends_the_run_with_its_name()
    {
        Write(_folder["data"], 60);
        using var ranks = Start(Ranks(3, Training("dead", "--epochs", "1000000")));
        ImageClassifierProgram.WaitForEpoch(ranks);
        using (var kill = new ChildProcess("kill", "-KILL", $"{ProcessOf(rank: 2)}"))
            Assert.Equal(0, kill.ExitCode);
        Assert.NotEqual(0, ranks.ExitCode);
        Assert.Matches("process rank 2 with PID [0-9]+ on node .* exited on signal 9", ranks.Output);
        Assert.False(File.Exists(_folder["dead.zip"]));
    }

    [MpiFact]
    public void What_a_rank_has_otherwise_is_named()
    {
        Write(_folder["data"], 60);
        Write(_folder["other"], 63);
        using var ranks = Start([.. Ranks(1, Training("different")), ":", "-n", "1", .. Program(Training("different", data: "other"))]);
        Assert.NotEqual(0, ranks.ExitCode);
        Assert.Matches(@"error: Rank 1 of 2 \(.*\) has other options or data than rank 0: Images is 57 there and 54 in rank 0, Labels is", ranks.Output);
        Assert.False(File.Exists(_folder["different.zip"]));
    }

    [MpiFact]
    public void A_rank_that_fails_names_itself()
    {
        Write(_folder["data"], 60);
        Write(_folder["other"], 60);
        var broken = Directory.EnumerateFiles(_folder["other"], "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var bytes = File.ReadAllBytes(broken);
        bytes.AsSpan(41..^20).Fill(255);                                     // its frame is whole: only who decodes it sees that
        File.WriteAllBytes(broken, bytes);
        using var ranks = Start([.. Ranks(1, Training("failed")), ":", "-n", "1", .. Program(Training("failed", data: "other"))]);
        Assert.NotEqual(0, ranks.ExitCode);
        Assert.Matches(@"error: rank 1 of 2 \(.*\): .*\.png", ranks.Output);
        Assert.Matches(@"error: Rank 1 of 2 \(.*\) has ended the training: .*\.png", ranks.Output);
        Assert.False(File.Exists(_folder["failed.zip"]));
    }

    /// <summary>mpirun passes Ctrl-C on as SIGTERM after a while, and kills who has not ended after another. Meanwhile nobody reads what they print: epochs must take their time.</summary>
    [MpiFact]
    public void Ctrl_C_saves_the_best_model_where_the_options_say_so()
    {
        Write(_folder["data"], 300, size: 32);
        string[] training = ["train", "--data", _folder["data"], "--model", _folder["cancelled.zip"], "--epochs", "1000", "--on-cancel", "ReturnBest"];
        using var ranks = Start(["--mca", "odls_base_sigkill_timeout", "8", .. Ranks(2, training)]);
        ImageClassifierProgram.WaitForEpoch(ranks);
        using (var kill = new ChildProcess("kill", "-INT", $"{ranks.Id}"))
            Assert.Equal(0, kill.ExitCode);
        ranks.WaitForExit();
        Assert.True(File.Exists(_folder["cancelled.zip"]), ranks.Output);
        Assert.NotNull(new MLContext().Model.Load(_folder["cancelled.zip"], out _));
    }

    /// <summary>A launcher that MPI knows nothing of, or no MPI: not several processes that each train alone and write one file.</summary>
    [Fact]
    public void Processes_that_MPI_has_not_started_are_refused()
    {
        Write(_folder["data"], 60);
        var start = ImageClassifierProgram.StartInfo(Training("refused"));
        (start.Environment["SLURM_PROCID"], start.Environment["SLURM_STEP_NUM_TASKS"]) = ("0", "2");
        using var process = new ChildProcess(start);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains(MpiFactAttribute.IsInstalled ? "error: 2 processes were started together, and MPI knows of 1" : "error: Distributed is set, and this machine has no MPI", process.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["refused.zip"]));
    }

    private static ChildProcess Start(string[] arguments)
    {
        // A parent may have had Ctrl-C ignored (nohup does), and what it starts would ignore it too: a terminal's program does not.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "mpirun", .. arguments]);
        if (Environment.UserName == "root")
            (start.Environment["OMPI_ALLOW_RUN_AS_ROOT"], start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"]) = ("1", "1");
        return new(start);
    }

    private static string[] Ranks(int count, string[] arguments) => ["--oversubscribe", "--bind-to", "none", "-n", $"{count}", .. Program(arguments)];

    private static string[] Program(string[] arguments)
    {
        var start = ImageClassifierProgram.StartInfo(arguments);
        return [start.FileName, .. start.ArgumentList];
    }

    private string[] Training(string name, params string[] more) => Training(name, "data", more);

    private string[] Training(string name, string data, string[]? more = null) =>
        ["train", "--data", _folder[data], "--model", _folder[$"{name}.zip"], .. ImageClassifierProgram.PlainTiny, .. more ?? []];

    /// <summary>The process of a rank of this test's run.</summary>
    private int ProcessOf(int rank) => Directory.EnumerateDirectories("/proc")
        .Select(folder => (Id: int.TryParse(Path.GetFileName(folder), out var id) ? id : 0, folder))
        .Single(process => process.Id > 0 && Text(process.folder, "environ").Contains($"OMPI_COMM_WORLD_RANK={rank}\0", StringComparison.Ordinal)
            && Text(process.folder, "cmdline").Contains(_folder["data"], StringComparison.Ordinal)).Id;

    private static string Text(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";                                                       // it has ended, or is another user's
        }
    }

    private string Hash(string name)
    {
        using var zip = ZipFile.OpenRead(_folder[$"{name}.zip"]);
        using var weights = zip.Entries.Single(entry => entry.FullName.EndsWith("Weights.safetensors", StringComparison.Ordinal)).Open();
        return Convert.ToHexString(SHA256.HashData(weights));
    }
}
