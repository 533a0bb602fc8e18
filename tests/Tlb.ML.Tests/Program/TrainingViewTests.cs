using System.Text.RegularExpressions;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>What <c>train</c> shows before it trains and while it does.</summary>
public sealed class TrainingViewTests : IDisposable
{
    private static readonly string[] TinyNetwork = [.. PlainTiny, "--batch-size", "16"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_begins_with_what_was_found()
    {
        Write(_folder["data"], 90);
        foreach (var file in Directory.GetFiles(_folder["data/left"])[..5])
            File.Delete(file);
        var train = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "3", .. TinyNetwork]);
        Assert.True(train.Status == 0, train.Output);
        var parameters = NetworkWeights.Initialize(TlbConfig.Tiny with { NumberOfClasses = 3 }, seed: 1).Layout.ValueCount;
        var lines = Lines(train.Output);
        Assert.Equal(
            [
                "images    85 in 3 classes, 9 of them held out", "          left    25, 3 held out", "          middle  30, 3 held out", "          right   30, 3 held out",
                FormattableString.Invariant($"network   Tiny for images of 8x8 pixels, 4 tokens in 2 chunks, {parameters:N0} parameters"), $"device    cpu, {Environment.ProcessorCount} thread{(Environment.ProcessorCount > 1 ? "s" : "")}",
            ],
            lines[..6]);
        Assert.Matches("^ +epoch  training loss accuracy  validation loss accuracy  images/s +left$", lines[6]);
        Assert.Matches(@"^ 1 of 3 +\d\.\d{4} +[\d.]+ % +\d\.\d{4} +[\d.]+ % +\d+ +\d+:\d\d$", lines[7]);
        Assert.Matches(@"^ 2 of 3 .* +\d+:\d\d$", lines[8]);
        Assert.Matches(@"^ 3 of 3 .* % +\d+ *$", lines[9]);                   // nothing is left
        Assert.DoesNotContain("warning: ", train.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", train.Output, StringComparison.Ordinal); // there is no terminal

        Write(_folder["others"], 30);
        var measured = Run(["train", "--data", _folder["data"], "--validation", _folder["others"], "--model", _folder["model.zip"], "--epochs", "0", .. TinyNetwork, "--precision", "Float32"]);
        Assert.True(measured.Status == 0, measured.Output);
        Assert.Equal(["images    85 in 3 classes, and 30 others to measure on", "          left    25, 10 to measure on"], Lines(measured.Output)[..2]);
        Assert.Matches("^device    cpu, [0-9]+ threads?, Float32$", Lines(measured.Output)[5]);
    }

    [Fact]
    public void Few_and_uneven_images_are_warned_of()
    {
        Write(_folder["data"], 630);                                         // 210 of each
        foreach (var file in Directory.GetFiles(_folder["data/middle"])[19..])
            File.Delete(file);
        string[] train = ["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "0", .. TinyNetwork];
        var uneven = Run(train);
        Assert.True(uneven.Status == 0, uneven.Output);
        Assert.Contains("warning: 1 class has fewer than 20 images: middle (19). A network trained from scratch needs some hundreds of each.", uneven.Output, StringComparison.Ordinal);
        Assert.Contains("warning: the classes are uneven: left has 210 images, middle 19. With --balance-classes rare ones count as much.", uneven.Output, StringComparison.Ordinal);

        var balanced = Run([.. train, "--balance-classes"]);
        Assert.True(balanced.Status == 0, balanced.Output);
        Assert.Contains("warning: 1 class has fewer than 20 images", balanced.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("uneven", balanced.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_classes_are_not_listed_before_the_training()
    {
        Write(_folder["three"], 30);
        for (var i = 0; i < 21; i++)
        {
            Directory.CreateDirectory(_folder[$"data/class {i}"]);
            foreach (var file in Directory.GetFiles(_folder["three/left"]).Take(i == 0 ? 4 : 10))
                File.Copy(file, _folder[$"data/class {i}/{Path.GetFileName(file)}"]);
        }
        var train = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "0", .. TinyNetwork]);
        Assert.True(train.Status == 0, train.Output);
        Assert.Equal(["images    204 in 21 classes, 20 of them held out", "          4 to 10 of each class, 0 to 1 held out"], Lines(train.Output)[..2]);
        Assert.Contains("warning: 21 classes have fewer than 20 images: class 0 (4), class 1 (10), class 10 (10), class 11 (10), class 12 (10) and 16 more. A network", train.Output, StringComparison.Ordinal);
    }

    /// <summary>A terminal that is made narrower while a training runs: what is drawn from then on fits it. What is cleared, <see cref="ProgressLineTests"/> have.</summary>
    [Fact]
    public void The_progress_line_goes_with_the_width_of_the_terminal()
    {
        const string Script = "/usr/bin/script";
        if (!OperatingSystem.IsLinux() || !File.Exists(Script))
            return;                                                          // it makes a terminal
        Write(_folder["data"], 60);
        var program = StartInfo(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "1000000", .. PlainTiny, "--batch-size", "4", "--on-cancel", "ReturnBest"]);
        var command = string.Join(' ', program.ArgumentList.Prepend(program.FileName).Select(word => $"'{word}'"));
        // It ends when a line was drawn that has room for no more than the share that is done: its end is followed by the start of the next.
        File.WriteAllText(_folder["run.sh"], $$"""
            wait_for() { until LC_ALL=C grep -aq "$1" '{{_folder["typescript"]}}'; do sleep 0.1; done; }
            stty cols 100
            (wait_for ' left  [0-9,]* images/s  loss'; stty cols 40 < /dev/tty; wait_for '%..\[J'; kill -INT $$) &
            exec {{command}}
            """);
        using var terminal = new ChildProcess("env", "--default-signal=INT", "TERM=xterm-256color", Script, "-qefc", $"sh {_folder["run.sh"]}", _folder["typescript"]);
        Assert.True(terminal.ExitCode == 0, terminal.Output);

        var drawn = Regex.Matches(terminal.Output, @"\r(?:\e\[\d+A)?\e\[J(?<line>epoch [^\r\e]*)").Select(match => match.Groups["line"].Value).ToList();
        var narrowed = drawn.FindIndex(line => line.EndsWith('%'));
        Assert.True(narrowed > 0, terminal.Output);
        var (before, after) = (drawn[..narrowed], drawn[narrowed..]);
        Assert.All(before, line => Assert.InRange(line.Length, 60, 99));
        Assert.All(after, line => Assert.InRange(line.Length, 20, 39));
        Assert.Matches(@"^epoch \d+ of 1000000  [█░]{8,30}  0 %  \d+:\d\d:\d\d left  [\d,]+ images/s  loss \d+\.\d{3}$", before[^1]);
        Assert.Matches(@"^epoch \d+ of 1000000 ", after[^1]);
    }

    private static string[] Lines(string output) => output.ReplaceLineEndings("\n").Split('\n');
}
