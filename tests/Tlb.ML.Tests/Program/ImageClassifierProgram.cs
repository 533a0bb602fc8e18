using System.Diagnostics;
using System.Globalization;
using Tlb.Tests;

namespace Tlb.ML.Tests;

/// <summary>Starts the ImageClassifier program as a process, as a user does.</summary>
internal static class ImageClassifierProgram
{
    /// <summary>A network that trains in no time, at a constant rate and with images as they are.</summary>
    public static string[] PlainTiny { get; } = ["--network", "Tiny", "--optimizer", "AdamW", "--schedule", "Constant", "--pad-crop", "0", "--flip", "0"];

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where its files are; null for beside the tests.</param>
    /// <param name="columns">How wide the terminal is said to be; null for not at all.</param>
    /// <param name="limit">The time after which it is killed and the test fails; null for <see cref="ChildProcess.Limit"/>.</param>
    public static (int Status, string Output) Run(string[] arguments, string? folder = null, int? columns = 200, TimeSpan? limit = null)
    {
        var start = StartInfo(arguments, folder);
        start.Environment.Remove("COLUMNS");
        if (columns is { } width)
            start.Environment["COLUMNS"] = width.ToString(CultureInfo.InvariantCulture);
        using var process = new ChildProcess(start, limit);
        return (process.ExitCode, process.Output);
    }

    /// <summary>Starts it, for tests that do something while it runs.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">The time after which it is killed; null for <see cref="ChildProcess.Limit"/>.</param>
    public static ChildProcess Start(string[] arguments, TimeSpan? limit = null) => new(StartInfo(arguments, folder: null), limit);

    /// <summary>Waits for the line of a training's first epoch.</summary>
    public static void WaitForEpoch(ChildProcess process) => process.ReadUntil("^ +1 of ");

    /// <summary>Waits until a process has written something into a file that is not complete yet, or has ended.</summary>
    /// <param name="folder">Where the file is.</param>
    /// <param name="process">The process.</param>
    public static void WaitForUnfinished(string folder, ChildProcess process)
    {
        while (!new DirectoryInfo(folder).EnumerateFiles("*.part").Any(file => file.Exists && file.Length > 0) && !process.HasExited)
            Thread.Yield();
    }

    /// <summary>How it is started.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where its files are; null for beside the tests.</param>
    public static ProcessStartInfo StartInfo(string[] arguments, string? folder = null) =>
        new("dotnet", [Path.Combine(folder ?? AppContext.BaseDirectory, "tlb-images.dll"), .. arguments]);
}
