using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Spectre.Console;
using Tlb.Core;
using Tlb.Cpu;

namespace Tlb.Benchmarks;

/// <summary>What a step of several processes takes: computing, waiting for the slowest, moving gradients; and whether they come to the same weights.</summary>
internal static class RankBenchmark
{
    private const int WarmUp = 5;

    /// <summary>What <see cref="Run"/> has MPI start: steps on random images, of which rank 0 prints what the fastest took.</summary>
    public static int Steps(string network, int batchSize, int steps) => Mpi.Together(
        ranks =>
        {
            var weights = NetworkWeights.Initialize(TlbConfig.Presets[network], seed: 1);
            var batch = new ImageBatch(new() { Height = weights.Config.ImageSize, Width = weights.Config.ImageSize }, batchSize);
            var random = new Random(1);
            for (var i = 0; i < batchSize; i++)
                random.NextBytes(batch.Add(i % weights.Config.NumberOfClasses));
            using var session = new CpuEngine().StartTraining(weights, new() { Ranks = ranks, Optimizer = OptimizerKind.Muon, GradientClipNorm = 1 });
            for (var step = 0; step < WarmUp; step++)
                session.RunStep(batch, 1e-3f);
            var fastest = (All: TimeSpan.MaxValue, Waiting: TimeSpan.Zero, Moving: TimeSpan.Zero);
            for (var step = 0; step < steps; step++)
            {
                var (waiting, moving, watch) = (ranks.Waiting, ranks.Moving, Stopwatch.StartNew());
                session.RunStep(batch, 1e-3f);
                if (watch.Elapsed is var all && all < fastest.All)
                    fastest = (all, ranks.Waiting - waiting, ranks.Moving - moving);
            }
            session.CopyWeightsTo(weights);
            if (ranks.IsFirst)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"\n{fastest.All.TotalMilliseconds} {fastest.Waiting.TotalMilliseconds} {fastest.Moving.TotalMilliseconds} {Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(weights.Values.AsSpan())))[..16]}"));
            return 0;
        },
        CancellationToken.None);

    /// <summary>Measures with 1, 2 and 4 processes on this machine, in turn.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="batchSize">The images of a step.</param>
    /// <param name="rounds">How often everything is measured; the fastest step of all counts.</param>
    public static int Run(string network, int batchSize, int rounds)
    {
        const int steps = 20;
        int[] counts = [1, 2, 4];
        var best = new (double Step, double Waiting, double Moving, string Hash)?[counts.Length];
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < counts.Length; i++)
                if (Start(counts[i], network, batchSize, steps) is var measured && (best[i] is not { } before || measured.Step < before.Step))
                    best[i] = measured;
        var table = new Table().AddColumns("ranks", "step, ms", "computing", "waiting", "moving", "images/s", "weights");
        for (var i = 0; i < counts.Length; i++)
        {
            var (step, waiting, moving, hash) = best[i]!.Value;
            table.AddRow($"{counts[i]}", Text(step), Text(step - waiting - moving), Text(waiting), Text(moving), Text(1000 * batchSize / step), hash);
        }
        AnsiConsole.Write(table);
        var gradients = new GradientLayout();
        using var folded = new FoldedNetwork(TlbConfig.Presets[network], gradients);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{network}, {batchSize} images a step, {Environment.ProcessorCount} cores; gradients of a step: {1e-6 * sizeof(float) * gradients.Count:N2} MB"));
        return best.Select(each => each!.Value.Hash).Distinct().Count() == 1 ? 0 : throw new InvalidOperationException("The weights differ.");
    }

    private static string Text(double value) => value.ToString("N1", CultureInfo.InvariantCulture);

    private static (double Step, double Waiting, double Moving, string Hash) Start(int ranks, string network, int batchSize, int steps)
    {
        string[] asRoot = Environment.UserName == "root" ? ["--allow-run-as-root"] : [];
        string[] arguments =
        [
            .. asRoot, "--oversubscribe", "--bind-to", "none", "-n", $"{ranks}", "dotnet", Path.Combine(AppContext.BaseDirectory, "Tlb.Benchmarks.dll"),
            "rank-steps", network, $"{batchSize}", $"{steps}",
        ];
        using var process = Process.Start(new ProcessStartInfo("mpirun", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? ""; // before it .NET greets what looks like a terminal
        return process.ExitCode == 0 && line.Split(' ') is [var step, var waiting, var moving, var hash]
            ? (Number(step), Number(waiting), Number(moving), hash)
            : throw new InvalidOperationException($"mpirun {string.Join(' ', arguments)} ended with status {process.ExitCode}: {output}");

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
