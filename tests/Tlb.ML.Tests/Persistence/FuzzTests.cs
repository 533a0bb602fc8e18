using System.Diagnostics;

namespace Tlb.ML.Tests;

/// <summary>
/// Some ten seconds of the fuzz target, in a process of its own: a kernel that leaves its arrays ends the process. For longer:
/// <c>dotnet run -c Release --project tests/Tlb.Fuzz -- --cases 10000 --seed 1</c>.
/// </summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);        // where the machine is busy with other things

    [Fact]
    public async Task No_file_and_no_network_ends_a_process()
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Tlb.Fuzz", new DirectoryInfo(AppContext.BaseDirectory).Name, "Tlb.Fuzz.dll"));
        using var folder = new TempFolder();
        var start = new ProcessStartInfo("dotnet", [program, "--seconds", "10", "--seed", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TLB_FUZZ_PLACE"] = folder["place"];
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            var text = await output + await error;
            await process.WaitForExitAsync(limit.Token);
            var place = File.Exists(folder["place"]) ? File.ReadAllText(folder["place"]) : "before the first case";
            Assert.True(process.ExitCode == 0, $"{text}\nexit code {process.ExitCode}, at {place}");
            if (OperatingSystem.IsLinux())
                Assert.DoesNotContain("; 0 guarded arrays", text, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
