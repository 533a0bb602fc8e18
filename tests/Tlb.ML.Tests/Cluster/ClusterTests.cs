using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;

namespace Tlb.ML.Tests;

/// <summary>The files of <c>examples/Clusters</c>, as schedulers run them.</summary>
public sealed class ClusterTests(ScoreModel model) : IClassFixture<ScoreModel>, IDisposable
{
    private const int Shards = 4;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A cluster of four nodes on this machine; one is killed with all that runs on it.</summary>
    [SlurmFact]
    public void An_array_job_of_Slurm_with_a_node_that_is_killed_gives_the_file_of_one_machine()
    {
        Prepare(40_000);
        var start = new ProcessStartInfo("bash", [Clusters("slurm-with-a-node-killed.sh"), _folder["cluster"], $"{FreePorts(count: 5)}", Clusters("")]);
        using var cluster = new ChildProcess(WithVariables(start), TimeSpan.FromMinutes(6));
        Assert.True(cluster.ExitCode == 0, cluster.Output);
        Assert.Matches(@"killed tlb-\d+-\d in shard \d", cluster.Output);
        Assert.Matches(@"tlb-\d+-\d down", cluster.Output);
        Assert.Matches(@"Goes on after [\d,]+ of [\d,]+ images\.", cluster.Output); // on another node
        AssertMerged();
    }

    /// <summary>The commands of the Kubernetes jobs, in the shell and with the variables that they name; no cluster is asked.</summary>
    [Fact]
    public void The_pods_of_an_indexed_job_give_the_file_of_one_machine()
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // pods have a bash
        Prepare(300);
        var job = File.ReadAllText(Clusters("score-job.yaml"));
        Assert.Equal($"{Shards}", Regex.Match(job, @"\n  completions: (\d+)\n").Groups[1].Value);
        Assert.Equal($"{Shards}", Regex.Match(job, @"name: SHARDS, value: ""(\d+)""").Groups[1].Value);
        Assert.All(new[] { "MODEL", "DATA", "SCORES" }, name => Assert.Contains($"{{name: {name}, value: /shared/", job, StringComparison.Ordinal));
        for (var index = 0; index < Shards; index++)
            RunPod("score-job.yaml", ("JOB_COMPLETION_INDEX", $"{index}"));
        RunPod("merge-job.yaml");
        AssertMerged();
    }

    /// <summary>Many images, one of which is bad, scored on one machine.</summary>
    private void Prepare(int count)
    {
        model.CopyMany(_folder["images"], count);
        File.WriteAllText(_folder["images/middle/000100.png"], "no image");
        var (status, output) = Run(["score", "--model", model.Path, "--data", _folder["images"], "--output", _folder["whole.csv"], "--bad-list", _folder["whole.bad.csv"]]);
        Assert.True(status == 3, output);
        Directory.CreateDirectory(_folder["bin"]);
        File.WriteAllText(_folder["bin/tlb-images"], $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "tlb-images.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["bin/tlb-images"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private void AssertMerged()
    {
        Assert.Equal(File.ReadAllBytes(_folder["whole.csv"]), File.ReadAllBytes(_folder["scores/scores.csv"]));
        Assert.Equal(File.ReadAllBytes(_folder["whole.bad.csv"]), File.ReadAllBytes(_folder["scores/bad.csv"]));
    }

    private void RunPod(string file, params (string Name, string Value)[] more)
    {
        var command = Regex.Match(File.ReadAllText(Clusters(file)), @"command:\n +- bash\n +- -euc\n +- \|\n(?<lines>(?<indent> +)\S.*\n(\k<indent>.*\n)*)").Groups["lines"].Value;
        Assert.Contains("tlb-images", command, StringComparison.Ordinal);
        var start = WithVariables(new("bash", ["-euc", Regex.Replace(command, "^ +", "", RegexOptions.Multiline)]));
        foreach (var (name, value) in more)
            start.Environment[name] = value;
        using var pod = new ChildProcess(start);
        Assert.True(pod.ExitCode == 0, pod.Output);
    }

    private ProcessStartInfo WithVariables(ProcessStartInfo start)
    {
        start.Environment["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        (start.Environment["MODEL"], start.Environment["DATA"], start.Environment["SCORES"], start.Environment["SHARDS"]) = (model.Path, _folder["images"], _folder["scores"], $"{Shards}");
        return start;
    }

    private static string Clusters(string file) => Path.Combine(AppContext.BaseDirectory, "Cluster", file);

    /// <summary>The first of so many ports that nobody listens on.</summary>
    private static int FreePorts(int count)
    {
        for (var first = 20_000; ; first += count)
        {
            try
            {
                for (var port = first; port < first + count; port++)
                {
                    using var listener = new TcpListener(IPAddress.Any, port);
                    listener.Start();
                }
                return first;
            }
            catch (SocketException)
            {
                // One of them is taken.
            }
        }
    }
}
