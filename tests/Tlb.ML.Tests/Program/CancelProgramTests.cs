using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Ctrl-C in a training, as the terminal sends it.</summary>
public sealed class CancelProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Throw", 130, false)]
    [InlineData("ReturnBest", 0, true)]
    public async Task The_best_model_so_far_is_saved_where_the_options_say_so(string behavior, int status, bool isSaved)
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there a process can't be sent another's Ctrl-C
        Write(_folder["data"], 60);
        // A parent may have had it ignored (nohup does), and what it starts would ignore it too: a terminal's program does not.
        var start = ImageClassifierProgram.StartInfo(
        [
            "train", "--data", _folder["data"], "--model", _folder["model.zip"], "--on-cancel", behavior,
            .. ImageClassifierProgram.PlainTiny, "--batch-size", "4", "--epochs", "1000000",
        ]);
        using var process = new ChildProcess(OperatingSystem.IsLinux() ? new("env", ["--default-signal=INT", start.FileName, .. start.ArgumentList]) : start);
        ImageClassifierProgram.WaitForEpoch(process);
        using (var kill = new ChildProcess("kill", "-INT", $"{process.Id}"))
            Assert.Equal(0, kill.ExitCode);
        Assert.True(process.ExitCode == status, $"{process.ExitCode}: {process.Output}");
        Assert.Equal(isSaved, File.Exists(_folder["model.zip"]));
        if (isSaved)
            Assert.NotNull(new MLContext().Model.Load(_folder["model.zip"], out _));
        else
            Assert.Contains("Cancelled. Nothing was saved.", process.Output, StringComparison.Ordinal);
    }
}
