using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Tlb.Benchmarks;

/// <summary>Posts images to the service, by more and more clients at a time, all on this machine.</summary>
internal static class ServiceLoad
{
    private static readonly int[] Clients = [1, 8, 64, 256, 256, 256];       // the last again and again: memory stays as it is

    /// <summary>The program, beside this one's folder.</summary>
    private static string Program => Path.Combine(AppContext.BaseDirectory, "..", "..", "Service", "release", "tlb-service.dll");

    /// <summary>Starts the service, measures, and stops it.</summary>
    /// <param name="workload">What makes the model and the images.</param>
    /// <param name="requests">The requests of each line.</param>
    public static async Task<int> Run(Workload workload, int requests)
    {
        var images = Directory.EnumerateFiles(workload.ImageFiles(10_000), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(1000).Select(File.ReadAllBytes).ToList();
        using var service = Process.Start(new ProcessStartInfo("dotnet", [Program, "--model", workload.SaveModel(), "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
        try
        {
            var address = Address(service);
            _ = service.StandardOutput.ReadToEndAsync();
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = address };
            await Post(client, images, clients: 8, requests: 2000);          // code is compiled
            var table = new Table().AddColumns("clients", "images/s", "p50, ms", "p99, ms", "not answered", "memory of the service, MB");
            foreach (var clients in Clients)
            {
                var watch = Stopwatch.StartNew();
                var (times, failed) = await Post(client, images, clients, requests);
                var seconds = watch.Elapsed.TotalSeconds;
                service.Refresh();
                table.AddRow([$"{clients}", Text(times.Count / seconds, "F0"), Text(times[times.Count / 2], "F1"), Text(times[times.Count * 99 / 100], "F1"), $"{failed}", Text(service.WorkingSet64 / 1e6, "F0")]);
            }
            AnsiConsole.Write(table);
            return 0;
        }
        finally
        {
            service.Kill();
        }
    }

    private static Uri Address(Process service)
    {
        while (service.StandardOutput.ReadLine() is { } line)
            if (Regex.Match(line, @"Now listening on: (http\S+)") is { Success: true } match)
                return new(match.Groups[1].Value);
        throw new InvalidOperationException("The service did not start.");
    }

    /// <summary>Posts images, and gives the milliseconds of those that were answered, in ascending order, and the number of others.</summary>
    private static async Task<(List<double> Times, int Failed)> Post(HttpClient client, List<byte[]> images, int clients, int requests)
    {
        var (times, failed, next) = (new ConcurrentBag<double>(), 0, -1);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next); number < requests; number = Interlocked.Increment(ref next))
            {
                var start = Stopwatch.GetTimestamp();
                using var content = new ByteArrayContent(images[number % images.Count]);
                using var response = await client.PostAsync(new Uri("classify", UriKind.Relative), content);
                await response.Content.ReadAsByteArrayAsync();
                if (response.IsSuccessStatusCode)
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                else
                    Interlocked.Increment(ref failed);
            }
        }));
        return ([.. times.Order()], failed);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
