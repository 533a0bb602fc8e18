using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tlb.Benchmarks;

/// <summary>The PyTorch process: does one thing at a time, when it is told to.</summary>
internal sealed class PyTorchPeer : IDisposable
{
    private const string OpenBlas = "/usr/lib/x86_64-linux-gnu/openblas-openmp";

    private readonly Process _process;

    /// <summary>Starts the process.</summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">What it is given, up to the number of threads.</param>
    /// <param name="device">The device it computes on: on the CPU Debian's PyTorch, on others that of the <c>python3</c> on the path.</param>
    public PyTorchPeer(string script, string[] arguments, string device = "cpu")
    {
        var start = new ProcessStartInfo(device == "cpu" ? "/usr/bin/python3" : "python3", [script, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var threads = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        start.ArgumentList.Add(threads);
        start.ArgumentList.Add(device);
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads;
        start.Environment["GOMP_SPINCOUNT"] = "30000";                       // a short spin: fast alone, and lets others work
        if (device == "cpu" && Directory.Exists(OpenBlas))
            start.Environment["LD_LIBRARY_PATH"] = OpenBlas;                 // one thread pool, not two that fight
        _process = Process.Start(start)!;
    }

    /// <summary>Has a command done.</summary>
    public JsonElement Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The PyTorch process ended at '{command}'. It needs the Debian packages python3-torch and libopenblas0-openmp.");
        return JsonDocument.Parse(answer).RootElement;
    }

    /// <summary>Has a command done and gives the median of its times, in seconds.</summary>
    public double Time(string command)
    {
        var seconds = Ask(command).GetProperty("seconds").EnumerateArray().Select(value => value.GetDouble()).Order().ToList();
        return seconds[seconds.Count / 2];
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
