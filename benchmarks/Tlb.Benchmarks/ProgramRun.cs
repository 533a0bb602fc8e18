using System.Diagnostics;
using System.Globalization;

namespace Tlb.Benchmarks;

/// <summary>Runs a program as a user would, and measures it from outside.</summary>
internal static class ProgramRun
{
    /// <summary>The time of a run and the most memory it held.</summary>
    public static (double Seconds, double PeakMegabytes, string Output) Run(string program, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        double peak = 0;
        while (!process.WaitForExit(50))
            peak = Math.Max(peak, PeakMegabytes(process.Id));
        var seconds = watch.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? (seconds, peak, output.GetAwaiter().GetResult())
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with status {process.ExitCode}.");
    }

    private static double PeakMegabytes(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;                                                        // it has just ended
        }
    }
}
