using System.Diagnostics;
using System.Globalization;

namespace Tlb.ML.Tests;

/// <summary>Starts the ImageClassifier program as a process, as a user does.</summary>
internal static class ImageClassifierProgram
{
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where its files are; null for beside the tests.</param>
    /// <param name="columns">How wide the terminal is said to be; null for not at all.</param>
    public static (int Status, string Output) Run(string[] arguments, string? folder = null, int? columns = 200)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder ?? AppContext.BaseDirectory, "ImageClassifier.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Remove("COLUMNS");
        if (columns is { } width)
            start.Environment["COLUMNS"] = width.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
