using System.Globalization;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>
/// Processes that are killed (kill -9) at random moments, most while they write a file: the file is the old or the new one, and whole.
/// A few kills here; more with <c>TLB_KILLS=100 dotnet test --filter KillTests</c>. Kills in a training with checkpoints are
/// <see cref="ResumeTests"/>', which takes the same variable.
/// </summary>
public sealed class KillTests : IDisposable
{
    private static readonly string[] TinyNetwork = [.. PlainTiny, "--batch-size", "16"];

    private readonly TempFolder _folder = new();
    private readonly Random _random = new(1);

    /// <summary>How many processes are killed, unless the variable says so.</summary>
    public static int Kills(int few) => Environment.GetEnvironmentVariable("TLB_KILLS") is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : few;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_are_the_old_or_the_new()
    {
        Write(_folder["data"], 30);
        Train("model.zip");
        Directory.CreateDirectory(_folder["many"]);
        for (var i = 0; i < 1500; i++)
            File.Copy(_folder["data/left/0000.jpg"], _folder[$"many/{i}.jpg"]);
        string[] score = ["score", "--model", _folder["model.zip"], "--data", _folder["many"], "--output", _folder["out/scores.csv"]];
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/scores.csv"], "old");
        var kept = KillAll(6, score, () =>
        {
            var lines = File.ReadAllLines(_folder["out/scores.csv"]);
            Assert.True(lines is ["old"] || (lines.Length == 1501 && lines[^1].Split(',').Length == 5), $"{lines.Length} lines");
        });
        Assert.True(kept > 0, "no kill came while a file was being written");
        var whole = Run(score);
        Assert.True(whole.Status == 0, whole.Output);
        Assert.Equal(1501, File.ReadAllLines(_folder["out/scores.csv"]).Length);
    }

    [Fact]
    public void A_model_is_the_old_or_the_new()
    {
        Write(_folder["data"], 30);
        Directory.CreateDirectory(_folder["out"]);
        Train("out/model.zip");
        // A larger network: long enough to be met while it is written.
        string[] train = ["train", "--data", _folder["data"], "--model", _folder["out/model.zip"], "--epochs", "0", .. PlainTiny, "--embed-dim", "256", "--layers", "4"];
        var kept = KillAll(6, train, () =>
        {
            var model = ((IEnumerable<ITransformer>)new MLContext().Model.Load(_folder["out/model.zip"], out _)).OfType<TlbTransformer>().Single().Model;
            Assert.Contains(model.Network.EmbeddingDimension, new[] { 8, 256 });
        });
        Assert.True(kept > 0, "no kill came while a file was being written");
        Assert.Equal(0, Run(train).Status);
    }

    /// <summary>Starts a process again and again, kills each, and looks at what is there.</summary>
    /// <returns>How many left a file that was unfinished.</returns>
    private int KillAll(int few, string[] arguments, Action check)
    {
        var unfinished = 0;
        for (var kill = 0; kill < Kills(few); kill++)
        {
            using var process = Start(arguments);
            WaitForMoment(process);
            process.Kill();
            check();
            var left = Directory.GetFiles(_folder["out"], "*.part");
            unfinished += left.Length;
            foreach (var file in left)
                File.Delete(file);
        }
        return unfinished;
    }

    /// <summary>Waits until a random moment: one in four anywhere in the run, the others after a file was begun.</summary>
    private void WaitForMoment(ChildProcess process)
    {
        if (_random.Next(4) == 0)
        {
            process.WaitForExit(_random.Next(2000));
            return;
        }
        WaitForUnfinished(_folder["out"], process);
        process.WaitForExit(_random.Next(3) * _random.Next(60));
    }

    private void Train(string model)
    {
        var (status, output) = Run(["train", "--data", _folder["data"], "--model", _folder[model], "--epochs", "1", .. TinyNetwork]);
        Assert.True(status == 0, output);
    }
}
