using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Training and scoring make progress however few threads the pool has, and whatever those do.</summary>
public sealed class BusyPoolTests
{
    [Theory]
    [InlineData("shared")]
    [InlineData("blocked")]
    public void Everything_ends_with_one_thread_in_the_pool(string how)
    {
        using var process = Start("dotnet", typeof(BusyPool).Assembly.Location, how);
        Assert.True(process.ExitCode == 0, process.Output);
        Assert.EndsWith("all done" + Environment.NewLine, process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_trains_scores_and_hears_a_signal_with_one_thread_in_the_pool()
    {
        using var folder = new TempFolder();
        Write(folder["data"], 60);
        string[] network = ["--data", folder["data"], "--network", "Tiny", "--batch-size", "4"];
        Run(["train", "--model", folder["model.zip"], "--epochs", "2", "--checkpoints", folder["checkpoints"], .. network]);
        Run(["score", "--model", folder["model.zip"], "--data", folder["data"], "--output", folder["scores.csv"]]);
        Run(["explain", "--model", folder["model.zip"], "--data", folder["data"], "--output", folder["sheet.svg"]]);
        Run(["find-rate", "--output", folder["rates.csv"], .. network]);
        if (OperatingSystem.IsWindows())
            return;                                                          // there a process can't be sent a signal

        var arguments = ImageClassifierProgram.StartInfo(["train", "--model", folder["other.zip"], "--epochs", "1000000", "--on-cancel", "ReturnBest", .. network]);
        using var process = Start("dotnet", [.. arguments.ArgumentList]);
        ImageClassifierProgram.WaitForEpoch(process);
        using (var kill = new ChildProcess("kill", "-TERM", $"{process.Id}"))
            Assert.Equal(0, kill.ExitCode);
        Assert.True(process.ExitCode == 0, process.Output);
        Assert.True(File.Exists(folder["other.zip"]));

        static void Run(string[] arguments)
        {
            using var process = Start("dotnet", [.. ImageClassifierProgram.StartInfo(arguments).ArgumentList]);
            Assert.True(process.ExitCode == 0, process.Output);
        }
    }

    private static ChildProcess Start(string file, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(file, arguments);
        BusyPool.Limit(start.Environment);
        return new(start, TimeSpan.FromMinutes(2));                           // some ten times what it takes
    }
}
