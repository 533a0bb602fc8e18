using System.Globalization;
using System.Xml.Linq;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Where the program writes: files that others write too, links, devices, standard output; and what is left when it is stopped.</summary>
public sealed class OutputProgramTests : IDisposable
{
    private static readonly string[] TinyNetwork = [.. PlainTiny, "--batch-size", "16"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/stdout")]
    [InlineData("/dev/fd/1")]
    public void Scores_go_to_standard_output_and_all_else_to_standard_error(string output)
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there is no sh, and no such device
        Train();
        Assert.Equal(0, Shell($"{Program} score --model model.zip --data data --output {output} > out.csv 2> err.txt").Status);
        AssertScores(File.ReadAllLines(_folder["out.csv"]), 30);
        Assert.Contains("Scored 30 images into standard output.", File.ReadAllText(_folder["err.txt"]), StringComparison.Ordinal);
        Assert.Contains("accuracy ", File.ReadAllText(_folder["err.txt"]), StringComparison.Ordinal);
        var piped = Shell($"{Program} score --model model.zip --data data --output {output} 2> /dev/null | head -2");
        Assert.Equal((0, 2), (piped.Status, piped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(["data", "err.txt", "model.zip", "out.csv"], Names());
        Assert.Null(new FileInfo(_folder["out.csv"]).LinkTarget);
    }

    [Fact]
    public void Other_commands_with_one_text_write_it_to_standard_output_too()
    {
        if (OperatingSystem.IsWindows())
            return;
        Train();
        Assert.Equal(0, Shell($"{Program} explain --model model.zip --data data --count 3 --output - > sheet.svg 2> err.txt").Status);
        Assert.Equal("svg", XDocument.Load(_folder["sheet.svg"]).Root!.Name.LocalName);
        Assert.Equal(0, Shell($"{Program} find-rate --data data --steps 3 --network Tiny --batch-size 16 --output - > rates.csv 2> err.txt").Status);
        Assert.Equal("learning_rate,loss,smoothed_loss", File.ReadAllLines(_folder["rates.csv"])[0]);
        Assert.Contains("Suggested", File.ReadAllText(_folder["err.txt"]), StringComparison.Ordinal);
        foreach (var arguments in new[] { "train --data data --model -", "preview --data data --output -", "train --data data --model m.zip --save-options -", "train --data data --model m.zip --history -" })
        {
            var (status, text) = Shell($"{Program} {arguments}");
            Assert.Equal(1, status);
            Assert.Contains("is '-', standard output; expected a file (./- for one of that name).", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Links_and_devices_stay_and_are_written_through()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Train();
        Directory.CreateDirectory(_folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["link.csv"], "elsewhere/scores.csv");
        var linked = Run(["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["link.csv"]]);
        Assert.True(linked.Status == 0, linked.Output);
        Assert.Equal("elsewhere/scores.csv", new FileInfo(_folder["link.csv"]).LinkTarget);
        AssertScores(File.ReadAllLines(_folder["elsewhere/scores.csv"]), 30);
        Assert.Equal(["scores.csv"], Directory.EnumerateFileSystemEntries(_folder["elsewhere"]).Select(Path.GetFileName));

        var fifo = Shell($"mkfifo fifo.csv; (cat fifo.csv > read.csv) & {Program} score --model model.zip --data data --output fifo.csv && wait");
        Assert.True(fifo.Status == 0, fifo.Output);
        AssertScores(File.ReadAllLines(_folder["read.csv"]), 30);

        Assert.Equal(0, Run(["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", "/dev/null"]).Status);
        var full = Run(["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", "/dev/full"]);
        Assert.Equal(1, full.Status);
        Assert.Contains("No space left on device", full.Output, StringComparison.Ordinal);
        Assert.Equal("0", Shell("test -c /dev/null && test -c /dev/full && test -p fifo.csv; echo $?").Output.Trim());
    }

    [Fact]
    public void Two_processes_that_write_one_file_at_a_time_leave_a_whole_one()
    {
        Train();
        ManyImages(600);
        foreach (var own in new[] { "scores.part.csv", "scores.csv.part" })
            File.WriteAllText(_folder[own], own);
        using (var first = Start(["score", "--model", _folder["model.zip"], "--data", _folder["many"], "--output", _folder["scores.csv"]]))
        using (var second = Start(["score", "--model", _folder["model.zip"], "--data", _folder["many"], "--output", _folder["scores.csv"]]))
        {
            Assert.True(first.ExitCode == 0, first.Output);
            Assert.True(second.ExitCode == 0, second.Output);
        }
        AssertScores(File.ReadAllLines(_folder["scores.csv"]), 600);
        Assert.Equal("scores.part.csv", File.ReadAllText(_folder["scores.part.csv"]));
        Assert.Equal("scores.csv.part", File.ReadAllText(_folder["scores.csv.part"]));
        Assert.Equal(["data", "many", "model.zip", "scores.csv", "scores.csv.part", "scores.part.csv"], Names());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_in_the_midst_of_scoring_leaves_the_old_file_and_no_other(string signal, int status)
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there a process can't be sent another's signals
        Train();
        ManyImages(6000);
        File.WriteAllText(_folder["scores.csv"], "old");
        var start = StartInfo(["score", "--model", _folder["model.zip"], "--data", _folder["many"], "--output", _folder["scores.csv"]]);
        // A parent may have had it ignored (nohup does), and what it starts would ignore it too.
        using var process = new ChildProcess(OperatingSystem.IsLinux() ? new("env", [$"--default-signal={signal}", start.FileName, .. start.ArgumentList]) : start);
        WaitForUnfinished(_folder.Path, process);
        using (var kill = new ChildProcess("kill", $"-{signal}", $"{process.Id}"))
            Assert.Equal(0, kill.ExitCode);
        Assert.True(process.ExitCode == status, $"{process.ExitCode}: {process.Output}");
        Assert.Contains("Cancelled. Nothing was saved.", process.Output, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(_folder["scores.csv"]));
        Assert.Equal(["data", "many", "model.zip", "scores.csv"], Names());
    }

    /// <summary>Whoever opens the scores in a spreadsheet runs nothing that somebody has named a folder.</summary>
    [Fact]
    public void A_class_that_is_named_as_a_formula_is_none_in_the_scores()
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there folders can't have all of these names
        Write(_folder["data"], 30);
        string[] names = ["=1+1", "+1", "-1,5", "@SUM(A1)", "\tx", "＝1"];
        Directory.Move(_folder["data/left"], _folder[$"data/{names[0]}"]);
        Directory.Move(_folder["data/middle"], _folder[$"data/{names[1]}"]);
        Directory.Move(_folder["data/right"], _folder[$"data/{names[2]}"]);
        for (var i = 3; i < names.Length; i++)
        {
            Directory.CreateDirectory(_folder[$"data/{names[i]}"]);
            foreach (var file in Directory.GetFiles(_folder[$"data/{names[i - 3]}"]))
                File.Copy(file, _folder[$"data/{names[i]}/{Path.GetFileName(file)}"]);
        }
        Assert.Equal(0, Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "0", .. TinyNetwork]).Status);
        foreach (var isRaw in new[] { false, true })
        {
            var score = Run(["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["scores.csv"], .. isRaw ? new[] { "--raw-names" } : []]);
            Assert.True(score.Status == 0, score.Output);
            var rows = Csv(File.ReadAllText(_folder["scores.csv"]));
            Assert.Equal(61, rows.Count);
            Assert.Equal(names.Select(name => $"score {name}").Order(StringComparer.Ordinal), rows[0][2..].Order(StringComparer.Ordinal));
            Assert.All(rows[1..], row => Assert.True(File.Exists(row[0]), row[0]));   // a full path begins as none: it can be joined on
            Assert.All(rows[1..], row => Assert.Contains(isRaw ? row[1] : row[1][1..], names));
            Assert.All(rows[1..], row => Assert.Equal(isRaw, row[1][0] != '\''));
        }
    }

    /// <summary>A reader that reads nothing keeps whoever writes to it waiting, and not for ever.</summary>
    [Fact]
    public void A_signal_ends_a_process_that_nobody_reads_from()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Train();
        ManyImages(3000);                                                    // more than a pipe holds
        using (var make = new ChildProcess("mkfifo", _folder["fifo.csv"]))
            Assert.Equal(0, make.ExitCode);
        using var reader = new ChildProcess("sh", "-c", $"exec 3< {_folder["fifo.csv"]}; head -c 1 <&3 > /dev/null; echo read; exec sleep 100");
        var start = StartInfo(["score", "--model", _folder["model.zip"], "--data", _folder["many"], "--output", _folder["fifo.csv"]]);
        using var process = new ChildProcess(new("env", ["--default-signal=INT", start.FileName, .. start.ArgumentList]));
        Assert.Equal("read", reader.ReadLine());
        Assert.False(process.WaitForExit(1000));                             // it waits for its reader
        using (var kill = new ChildProcess("kill", "-INT", $"{process.Id}"))
            Assert.Equal(0, kill.ExitCode);
        Assert.Equal(130, process.ExitCode);
    }

    private static string Program => $"dotnet {Path.Combine(AppContext.BaseDirectory, "tlb-images.dll")}";

    private (int Status, string Output) Shell(string command)
    {
        using var shell = new ChildProcess(new System.Diagnostics.ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _folder.Path });
        return (shell.ExitCode, shell.Output);
    }

    private void Train()
    {
        Write(_folder["data"], 30);
        var (status, output) = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "1", .. TinyNetwork]);
        Assert.True(status == 0, output);
    }

    private void ManyImages(int count)
    {
        Directory.CreateDirectory(_folder["many"]);
        for (var i = 0; i < count; i++)
            File.Copy(_folder["data/left/0000.jpg"], _folder[$"many/{i}.jpg"]);
    }

    private List<string?> Names() => [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private static void AssertScores(string[] lines, int count)
    {
        Assert.Equal("path,predicted label,score left,score middle,score right", lines[0]);
        Assert.Equal(count, lines.Length - 1);
        Assert.Equal(count, lines[1..].Select(line => line.Split(',')[0]).Distinct().Count());
        Assert.All(lines[1..], line => Assert.Equal(1, line.Split(',')[2..].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)), 5));
    }

    /// <summary>The cells of a CSV file, read as RFC 4180 says.</summary>
    private static List<string[]> Csv(string text)
    {
        var rows = new List<string[]>();
        var (row, cell, isQuoted) = (new List<string>(), "", false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && isQuoted && i + 1 < text.Length && text[i + 1] == '"')
                cell += text[++i];
            else if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (isQuoted || (text[i] is not (',' or '\n' or '\r')))
                cell += text[i];
            else if (text[i] != '\r')
            {
                row.Add(cell);
                cell = "";
                if (text[i] == '\n')
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
        }
        return rows;
    }
}
