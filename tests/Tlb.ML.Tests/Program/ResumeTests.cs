using System.IO.Compression;
using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>A training process that is killed again and again, and resumed each time, makes the model that it makes undisturbed.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly int Kills = KillTests.Kills(few: 24);

    private readonly TempFolder _folder = new();
    private readonly Random _random = new(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_that_is_killed_many_times_ends_with_the_weights_of_one_that_never_was()
    {
        Write(_folder["data"], 400);
        using (var whole = Start("whole"))
            AssertEnded(whole);

        var checkpoints = Directory.CreateDirectory(_folder["checkpoints"]).FullName;
        string[] resumed = ["--checkpoints", checkpoints, "--checkpoint-minutes", "0.0005", "--resume"];
        var progressed = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = Newest(checkpoints);
            using var process = Start("killed", resumed);
            WaitForMoment(process, checkpoints);
            if (process.HasExited)
                Assert.Fail($"The training had ended before kill {kill + 1}: {process.Output}");
            process.Kill();
            progressed += Newest(checkpoints) == before ? 0 : 1;
            if (kill % 4 == 0 && Newest(checkpoints) is { } newest)          // as a kill in mid-write leaves it, whether or not one happened to
                File.WriteAllBytes(Path.Combine(checkpoints, "checkpoint-999999999999.safetensors.part"), File.ReadAllBytes(newest)[..^100]);
        }
        Assert.True(progressed >= Kills * 5 / 6, $"only {progressed} kills came after a new checkpoint");
        using (var last = Start("killed", resumed))
            AssertEnded(last);

        Assert.Equal(Weights("whole"), Weights("killed"));
        Assert.Equal(Metrics("whole"), Metrics("killed"));
        Assert.Equal(3, Directory.GetFileSystemEntries(checkpoints).Length); // the newest two, the lock, and nothing unfinished
    }

    /// <summary>Waits until a random moment: soon after the start, some time after a new checkpoint, or while the one after it is being written.</summary>
    private void WaitForMoment(ChildProcess process, string checkpoints)
    {
        var (kind, delay) = (_random.Next(8), _random.Next(80));
        if (kind == 0)
        {
            process.WaitForExit(10 * delay);                                 // a start takes most of that
            return;
        }
        var before = Newest(checkpoints);
        while (Newest(checkpoints) == before && !process.WaitForExit(1))
        {
        }
        if (kind % 2 == 0)
            process.WaitForExit(delay);
        else
            while (!Directory.EnumerateFiles(checkpoints, "*.part").Any() && !process.HasExited)
                Thread.Yield();
    }

    private static string? Newest(string checkpoints) => Directory.EnumerateFiles(checkpoints, "*.safetensors").Max(StringComparer.Ordinal);

    private ChildProcess Start(string name, params string[] more) => ImageClassifierProgram.Start(
    [
        "train", "--data", _folder["data"], "--model", _folder[$"{name}.zip"], "--history", _folder[$"{name}.csv"],
        "--network", "Tiny", "--batch-size", "4", "--epochs", "150",
        "--learning-rate", "0.01", "--schedule", "Cosine", "--average-decay", "0.99", "--flip", "0.5", .. more,
    ]);

    private static void AssertEnded(ChildProcess process) => Assert.True(process.ExitCode == 0, process.Output);

    private byte[] Weights(string name)
    {
        using var zip = ZipFile.OpenRead(_folder[$"{name}.zip"]);
        using var weights = zip.Entries.Single(entry => entry.FullName.EndsWith("Weights.safetensors", StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        weights.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The table of the epochs, without the columns of time.</summary>
    private List<string> Metrics(string name)
    {
        var lines = File.ReadAllLines(_folder[$"{name}.csv"]).Select(line => line.Split(',')).ToList();
        var columns = Enumerable.Range(0, lines[0].Length).Where(column => lines[0][column] is not ("images_per_second" or "elapsed_seconds"));
        return lines.ConvertAll(line => string.Join(',', columns.Select(column => line[column])));
    }
}
