using System.Text.Json;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;

namespace Tlb.ML.Tests;

/// <summary>
/// A scoring that is killed at random moments (kill -9), and gone on with each time, gives the file of one that never was. A few kills here;
/// more with <c>TLB_KILLS=20 dotnet test --filter ScoreResumeTests</c>.
/// </summary>
public sealed class ScoreResumeTests(ScoreModel model) : IClassFixture<ScoreModel>, IDisposable
{
    private static readonly int Kills = KillTests.Kills(few: 3);

    private readonly TempFolder _folder = new();
    private readonly Random _random = new(1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    public void A_scoring_that_is_killed_again_and_again_loses_and_repeats_no_row(string kind)
    {
        MakeMany(12_000 * (Kills + 1));
        File.WriteAllText(_folder["many/middle/000100.png"], "no image");
        Score(3, "--output", _folder[$"whole.{kind}"], "--bad-list", _folder["whole.bad.csv"]);

        string[] resumed = ["--output", _folder[$"killed.{kind}"], "--bad-list", _folder["killed.bad.csv"], "--resume"];
        var done = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Start(resumed);
            while (Done($"killed.{kind}") <= done && !process.WaitForExit(1))
            {
            }
            process.WaitForExit(_random.Next(300));
            Assert.False(process.HasExited, $"The scoring had ended before kill {kill + 1}.");
            process.Kill();
            done = Done($"killed.{kind}");
            Assert.False(File.Exists(_folder[$"killed.{kind}"]));
        }
        var last = Score(3, resumed);
        Assert.Matches(@"Goes on after [\d,]+ of [\d,]+ images\.", last);
        Assert.Equal(File.ReadAllBytes(_folder[$"whole.{kind}"]), File.ReadAllBytes(_folder[$"killed.{kind}"]));
        Assert.Equal(File.ReadAllBytes(_folder["whole.bad.csv"]), File.ReadAllBytes(_folder["killed.bad.csv"]));
        Assert.Equal(2, File.ReadAllLines(_folder["killed.bad.csv"]).Length);
        Assert.False(Directory.Exists(_folder[$"killed.{kind}.unfinished"]));
        Assert.Equal("", Difference(last, Score(3, "--output", _folder[$"whole.{kind}"], "--bad-list", _folder["whole.bad.csv"])));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_keeps_what_is_done(string signal, int status)
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there a process can't be sent another's signals
        MakeMany(12_000);
        Score(0, "--output", _folder["whole.csv"]);
        var start = StartInfo(Arguments(["--output", _folder["stopped.csv"], "--resume"]));
        using (var process = new ChildProcess(OperatingSystem.IsLinux() ? new("env", [$"--default-signal={signal}", start.FileName, .. start.ArgumentList]) : start))
        {
            var rows = _folder["stopped.csv.unfinished/rows"];
            while (!(File.Exists(rows) && new FileInfo(rows).Length > 0) && !process.WaitForExit(1))
            {
            }
            using (var kill = new ChildProcess("kill", $"-{signal}", $"{process.Id}"))
                Assert.Equal(0, kill.ExitCode);
            Assert.True(process.ExitCode == status, $"{process.ExitCode}: {process.Output}");
            Assert.Matches(@"Cancelled\. [\d,]+ of 12,000 images are done; the same command goes on with the others\.", process.Output);
        }
        Assert.False(File.Exists(_folder["stopped.csv"]));
        Assert.True(Done("stopped.csv") > 0);
        Score(0, "--output", _folder["stopped.csv"], "--resume");
        Assert.Equal(File.ReadAllBytes(_folder["whole.csv"]), File.ReadAllBytes(_folder["stopped.csv"]));
    }

    /// <summary>The unfinished scoring of another test run is made by an image that ends it: that is faster than a kill at the right moment.</summary>
    [Fact]
    public void Only_the_same_run_goes_on()
    {
        MakeMany(300);
        var bad = Directory.GetFiles(_folder["many"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ElementAt(200);
        File.WriteAllText(bad, "no image");
        var error = Score(1, "--output", _folder["scores.csv"], "--resume");
        Assert.Contains($"{bad}: the file is not a JPEG", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["scores.csv"]));
        Assert.True(Directory.Exists(_folder["scores.csv.unfinished"]));

        // An image that ended it can be left out from there on, or be mended.
        MakeUnfinished(done: 100);
        Assert.Contains("--top is 1 here, none there. Give what was given then to go on, or delete the folder to begin anew.", Score(1, "--output", _folder["scores.csv"], "--resume", "--top", "1"), StringComparison.Ordinal);
        Assert.Contains("--mirror is on here, as the model says there.", Score(1, "--output", _folder["scores.csv"], "--resume", "--mirror"), StringComparison.Ordinal);
        File.Copy(_folder["many/left/000000.jpg"], _folder["many/left/new.jpg"]);
        Assert.Contains("images is 301 with paths of SHA-256 ", Score(1, "--output", _folder["scores.csv"], "--resume", "--skip-bad-images"), StringComparison.Ordinal);
        File.Delete(_folder["many/left/new.jpg"]);
        var other = Run(["train", "--data", model.Images, "--model", _folder["other.zip"], "--epochs", "0", .. PlainTiny]);
        Assert.True(other.Status == 0, other.Output);
        Assert.Contains("model is ", Run(["score", "--model", _folder["other.zip"], "--data", _folder["many"], "--output", _folder["scores.csv"], "--resume"]).Output, StringComparison.Ordinal);
        Assert.Contains("Goes on after 100 of 300 images.", Score(0, "--output", _folder["scores.csv"], "--resume", "--skip-bad-images"), StringComparison.Ordinal);
        Score(0, "--output", _folder["whole.csv"], "--skip-bad-images");
        Assert.Equal(File.ReadAllBytes(_folder["whole.csv"]), File.ReadAllBytes(_folder["scores.csv"]));
    }

    [Fact]
    public void What_is_damaged_is_not_gone_on_with()
    {
        MakeMany(300);
        MakeUnfinished(done: 100);
        using (var rows = File.OpenWrite(_folder["scores.csv.unfinished/rows"]))
            rows.SetLength(rows.Length / 2);
        Assert.Contains("which had been written to the disk. Delete its folder to begin anew.", Score(1, "--output", _folder["scores.csv"], "--resume"), StringComparison.Ordinal);
        File.WriteAllText(_folder["scores.csv.unfinished/journal.json"], "{}");
        Assert.Contains("journal.json' is damaged. Delete its folder to begin anew.", Score(1, "--output", _folder["scores.csv"], "--resume"), StringComparison.Ordinal);
        File.WriteAllText(_folder["scores.csv.unfinished/journal.json"], "{ \"Run\":");
        Assert.Contains("journal.json' is damaged.", Score(1, "--output", _folder["scores.csv"], "--resume"), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_processes_do_not_go_on_with_one_scoring()
    {
        MakeMany(30_000);
        using var first = Start("--output", _folder["scores.csv"], "--resume");
        while (!File.Exists(_folder["scores.csv.unfinished/rows"]) && !first.WaitForExit(1))
        {
        }
        Assert.Contains($"is being written to by process {first.Id} on ", Score(1, "--output", _folder["scores.csv"], "--resume"), StringComparison.Ordinal);
        Assert.True(first.ExitCode == 0, first.Output);
        Assert.Equal(30_001, File.ReadAllLines(_folder["scores.csv"]).Length);
    }

    /// <summary>Leaves a scoring unfinished after so many images: the list of all is scored until the first of the rest is bad, and then that is mended.</summary>
    private void MakeUnfinished(int done)
    {
        if (Directory.Exists(_folder["scores.csv.unfinished"]))
            Directory.Delete(_folder["scores.csv.unfinished"], recursive: true);
        var stop = Directory.GetFiles(_folder["many"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ElementAt(done);
        var content = File.ReadAllBytes(stop);
        File.WriteAllText(stop, "no image");
        Score(1, "--output", _folder["scores.csv"], "--resume");
        File.WriteAllBytes(stop, content);
    }

    private void MakeMany(int count) => model.CopyMany(_folder["many"], count);

    private int Done(string name)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(_folder[$"{name}.unfinished/journal.json"])).RootElement.GetProperty("Done").GetInt32();
        }
        catch (IOException)                                                  // there is none yet
        {
            return 0;
        }
    }

    /// <summary>The lines that one output has and another hasn't, without that on where it went on.</summary>
    private static string Difference(string a, string b) => string.Join('\n', a.Replace("killed.", "whole.", StringComparison.Ordinal).Split('\n').Except(b.Split('\n')).Where(line => !line.StartsWith("Goes on", StringComparison.Ordinal)));

    private string[] Arguments(string[] more) => ["score", "--model", model.Path, "--data", _folder["many"], .. more];

    /// <summary>Starts it with one processor: slow enough to be met in the midst of it, and with threads that are shared otherwise than in the run that it is compared with.</summary>
    private ChildProcess Start(params string[] arguments)
    {
        var start = StartInfo(Arguments(arguments));
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        return new(start, TimeSpan.FromMinutes(6));
    }

    private string Score(int expected, params string[] arguments)
    {
        var (status, output) = Run(Arguments(arguments));
        Assert.True(status == expected, $"{status}: {output}");
        return output;
    }
}
