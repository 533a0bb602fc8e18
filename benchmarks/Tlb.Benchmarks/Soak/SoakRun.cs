using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Tlb.Benchmarks;

/// <summary>
/// Trains, scores, loads, saves, cancels and disposes for a long time on many threads, and watches that results stay right and that memory,
/// handles and threads do not grow.
/// </summary>
/// <remarks>
/// Work is done in rounds. Between two of them nothing runs, what nobody holds is collected, and the gauges are read; <see cref="Trend"/> says
/// whether they grow.
/// </remarks>
internal static class SoakRun
{
    private const int MostRounds = 60;
    private static readonly TimeSpan MostPerPiece = TimeSpan.FromMinutes(2); // a piece takes a second or two, beside seven others

    /// <summary>Runs a soak.</summary>
    /// <param name="work">The folder for what is made.</param>
    /// <param name="time">How long.</param>
    /// <param name="threads">The threads that work at once.</param>
    /// <param name="leak">What each piece of work leaks on purpose.</param>
    /// <returns>0 where all results were right and nothing grew.</returns>
    public static int Run(string work, TimeSpan time, int threads, string leak)
    {
        var folder = Path.Combine(work, $"soak-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            return Run(new SoakWork(folder), time, threads, Leak.Kinds[leak], Path.Combine(work, "soak.csv"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Run(SoakWork work, TimeSpan time, int threads, Action leak, string table)
    {
        var problems = new ConcurrentQueue<string>();
        var readings = Gauge.All.ToDictionary(gauge => gauge, _ => new List<double>());
        var watch = Stopwatch.StartNew();
        var round = time / Math.Clamp((int)(time / TimeSpan.FromSeconds(1)), Trend.FewestRounds, MostRounds);
        while ((watch.Elapsed < time || readings[Gauge.All[0]].Count < Trend.FewestRounds) && problems.IsEmpty)
        {
            RunRound(work, threads, round, seed: readings[Gauge.All[0]].Count, leak, problems);
            Gauge.Collect();
            foreach (var (gauge, values) in readings)
                values.Add(gauge.Read());
        }
        Print(work, readings, watch.Elapsed, threads);
        File.WriteAllLines(table, Lines(readings));
        Console.WriteLine($"The readings of each round: {table}");
        if (problems.IsEmpty)
            foreach (var (gauge, values) in readings)
                if (time >= gauge.Settling && Trend.Of(values, gauge.AllowedGrowth) is { IsFlat: false } trend)
                    problems.Enqueue(FormattableString.Invariant($"{gauge.Name} grew from {trend.Before:F1} to {trend.After:F1} {gauge.Unit}; {trend.Allowed:F1} would be chance."));
        foreach (var problem in problems)
            Console.WriteLine(problem);
        Console.WriteLine(problems.IsEmpty ? "All results were right, and nothing grew." : "The soak failed.");
        return problems.IsEmpty ? 0 : 1;
    }

    private static void RunRound(SoakWork work, int threads, TimeSpan time, int seed, Action leak, ConcurrentQueue<string> problems)
    {
        var watch = Stopwatch.StartNew();
        var doing = new string[threads];
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            var random = new Random(1000 * seed + index);
            try
            {
                while (watch.Elapsed < time && problems.IsEmpty)
                {
                    work.DoOne(random, name => doing[index] = name);
                    leak();
                }
            }
            catch (SoakException e)
            {
                problems.Enqueue(e.Message);
            }
        }) { IsBackground = true }).ToList();
        workers.ForEach(worker => worker.Start());
        for (var i = 0; i < threads; i++)
            if (!workers[i].Join(time + MostPerPiece))
            {
                problems.Enqueue($"{doing[i]}: it had not ended after {MostPerPiece.TotalSeconds} s.");
                return;
            }
    }

    private static IEnumerable<string> Lines(Dictionary<Gauge, List<double>> readings) => Enumerable.Range(0, readings.Values.First().Count)
        .Select(round => string.Join(',', readings.Values.Select(values => values[round].ToString(CultureInfo.InvariantCulture))))
        .Prepend(string.Join(',', readings.Keys.Select(gauge => gauge.Name)));

    private static void Print(SoakWork work, Dictionary<Gauge, List<double>> readings, TimeSpan time, int threads)
    {
        var counts = new Table().AddColumns("what was done", "times");
        foreach (var (name, count) in work.Counts.OrderBy(count => count.Key, StringComparer.Ordinal))
            counts.AddRow(name, count.ToString("N0", CultureInfo.InvariantCulture));
        counts.AddRow("all", work.Counts.Values.Sum().ToString("N0", CultureInfo.InvariantCulture));
        AnsiConsole.Write(counts);
        var gauges = new Table().AddColumns("after each round", "unit", "least", "most", "median of the middle third", "of the last third", "allowed growth");
        foreach (var (gauge, values) in readings)
        {
            var trend = values.Count < Trend.FewestRounds ? null : Trend.Of(values, gauge.AllowedGrowth);
            gauges.AddRow([gauge.Name, gauge.Unit, Text(values.Min()), Text(values.Max()), Text(trend?.Before), Text(trend?.After), Text(trend?.Allowed)]);
        }
        AnsiConsole.Write(gauges);
        Console.WriteLine(FormattableString.Invariant($"{time.TotalMinutes:F1} minutes in {readings.Values.First().Count} rounds, {threads} threads on {Environment.ProcessorCount} cores"));

        static string Text(double? value) => value?.ToString("F1", CultureInfo.InvariantCulture) ?? "";
    }
}
