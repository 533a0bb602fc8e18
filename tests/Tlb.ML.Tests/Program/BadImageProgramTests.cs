using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Images that can't be used, as a user of the program meets them.</summary>
public sealed class BadImageProgramTests : IDisposable
{
    private static readonly string[] TinyNetwork = [.. PlainTiny, "--epochs", "1"];

    private readonly TempFolder _folder = new();

    public BadImageProgramTests() => Write(_folder["data"], 60);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_that_can_not_be_decoded_ruin_no_run()
    {
        string[] bad = ["data/left/0003.png", "data/middle/0001.jpg", "data/right/0005.png"];
        Write(_folder["held-out"], 9);
        foreach (var name in bad.Append("held-out/left/0006.jpg"))
            File.WriteAllBytes(_folder[name], CraftedImages.Undecodable);

        string[] train = ["train", "--data", _folder["data"], "--validation", _folder["held-out"], "--model", _folder["model.zip"], "--history", _folder["history.csv"], .. TinyNetwork];
        var stopped = Run(train);
        Assert.Equal(1, stopped.Status);
        AssertOneLine("error: Row ", bad[0], stopped.Output);

        var (status, output) = Run([.. train, "--skip-bad-images"]);
        Assert.True(status == 0, output);
        Assert.Contains("measured on 8 of 9 images: the others can't be read", output, StringComparison.Ordinal);
        Assert.All(bad.Append("held-out/left/0006.jpg"), name => Assert.Single(Lines(output), line => line.StartsWith("left out: ", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal)));
        Assert.Contains("warning: 4 left out: ", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["history.csv"]));

        // Held out of the data: half of them can't be decoded.
        foreach (var file in Directory.GetFiles(_folder["data/left"], "*.jpg"))
            File.WriteAllBytes(file, CraftedImages.Undecodable);
        (status, output) = Run(["train", "--data", _folder["data"], "--model", _folder["other.zip"], "--validation-fraction", "0.5", "--skip-bad-images", .. TinyNetwork]);
        Assert.True(status == 0, output);
        Assert.Matches("measured on \\d+ of 30 images", output);

        string[] score = ["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["scores.csv"]];
        AssertOneLine("error: Row ", "data/left/0000.jpg", Run(score).Output);
        (status, output) = Run([.. score, "--skip-bad-images"]);
        Assert.True(status == 0, output);
        Assert.Contains("Scored 47 images", output, StringComparison.Ordinal);
        Assert.Contains("of 47 images in sub-folders", output, StringComparison.Ordinal);
        Assert.Contains("warning: 13 left out: ", output, StringComparison.Ordinal);
        Assert.Equal(48, File.ReadAllLines(_folder["scores.csv"]).Length);
        Assert.DoesNotContain("NaN", File.ReadAllText(_folder["scores.csv"]), StringComparison.Ordinal);

        string[] explain = ["explain", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["maps.svg"], "--count", "60"];
        AssertOneLine("error: Row ", "data/left/0000.jpg", Run(explain).Output);
        (status, output) = Run([.. explain, "--skip-bad-images"]);
        Assert.True(status == 0, output);
        Assert.Contains("Explained 47 of 60 images", output, StringComparison.Ordinal);
        Assert.Contains("warning: 13 left out: ", output, StringComparison.Ordinal);

        string[] preview = ["preview", "--data", _folder["data"], "--output", _folder["sheet.png"]];
        AssertOneLine("error: Row ", "data/left/0000.jpg", Run(preview).Output);
        (status, output) = Run([.. preview, "--skip-bad-images"]);
        Assert.True(status == 0, output);
        Assert.Contains("warning: 13 left out: ", output, StringComparison.Ordinal);

        var predicted = Run(["predict", "--model", _folder["model.zip"], "--image", _folder["data/left/0000.jpg"]]);
        Assert.Equal(1, predicted.Status);
        Assert.Contains("data/left/0000.jpg", predicted.Output, StringComparison.Ordinal);
        Assert.Contains("its content is damaged", predicted.Output, StringComparison.Ordinal);
    }

    /// <summary>The kernel refuses the process the memory that decoding the picture takes, 1.6 GB: it must not be asked for.</summary>
    [Fact]
    public void A_small_file_of_many_pixels_is_refused_before_it_is_decoded()
    {
        if (!OperatingSystem.IsLinux())
            return;                                                          // ulimit -d has another meaning elsewhere
        Write(_folder["few"], 6);
        var train = Run(["train", "--data", _folder["few"], "--validation", _folder["few"], "--model", _folder["model.zip"], .. TinyNetwork]);
        Assert.True(train.Status == 0, train.Output);
        File.WriteAllBytes(_folder["few/left/huge.png"], CraftedImages.BlackPng(20_000, 20_000));
        Assert.True(new FileInfo(_folder["few/left/huge.png"]).Length < 100_000);
        foreach (var command in new string[][]
        {
            ["train", "--data", _folder["few"], "--model", _folder["other.zip"], .. TinyNetwork],
            ["score", "--data", _folder["few"], "--model", _folder["model.zip"], "--output", _folder["scores.csv"]],
            ["explain", "--data", _folder["few"], "--model", _folder["model.zip"], "--output", _folder["maps.svg"]],
            ["preview", "--data", _folder["few"], "--output", _folder["sheet.png"]],
            ["predict", "--image", _folder["few/left/huge.png"], "--model", _folder["model.zip"]],
        })
        {
            var start = StartInfo(command);
            var shell = new System.Diagnostics.ProcessStartInfo("sh", ["-c", "ulimit -d 1200000; exec dotnet \"$@\"", "sh", .. start.ArgumentList]);
            using var process = new ChildProcess(shell);
            Assert.True(process.ExitCode == 1, process.Output);
            var most = command[0] == "predict" ? "25,000,000" : "100,000,000";
            Assert.Contains($"huge.png: the image is 20000x20000 pixels; expected no more than {most} in all.", process.Output, StringComparison.Ordinal);
            Assert.Contains("--max-pixels", process.Output, StringComparison.Ordinal);
        }
    }

    /// <summary>ML.NET reads rows on threads of its own, and wraps what they throw.</summary>
    [Fact]
    public void A_file_that_is_no_image_is_named_whatever_thread_found_it()
    {
        var train = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], .. TinyNetwork]);
        Assert.True(train.Status == 0, train.Output);
        File.WriteAllText(_folder["data/right/0005.png"], "no image");
        var (status, output) = Run(["score", "--data", _folder["data"], "--model", _folder["model.zip"], "--output", _folder["scores.csv"]]);
        Assert.Equal(1, status);
        Assert.Equal(
            $"error: {_folder["data/right/0005.png"]}: the file is not a JPEG, PNG, BMP, GIF or WebP image. With --skip-bad-images the others are used.",
            Assert.Single(Lines(output), line => line.Length > 0));

        File.WriteAllText(_folder["model.zip"], "no model");
        Assert.Matches("^error: Failed to open a zip archive: .+", Run(["score", "--data", _folder["data"], "--model", _folder["model.zip"], "--output", _folder["scores.csv"]]).Output);
    }

    [Theory]
    [InlineData("score")]
    [InlineData("predict")]
    public void The_bound_on_pixels_is_an_option(string command)
    {
        File.WriteAllBytes(_folder["data/left/wide.png"], CraftedImages.BlackPng(400, 200));
        var train = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], .. TinyNetwork]);
        Assert.True(train.Status == 0, train.Output);
        string[] arguments = command == "score" ? ["--data", _folder["data"], "--output", _folder["scores.csv"]] : ["--image", _folder["data/left/wide.png"]];
        Assert.Equal(0, Run([command, "--model", _folder["model.zip"], .. arguments, "--max-pixels", "80000"]).Status);
        var (status, output) = Run([command, "--model", _folder["model.zip"], .. arguments, "--max-pixels", "79999"]);
        Assert.Equal(1, status);
        Assert.Contains("the image is 400x200 pixels; expected no more than 79,999 in all. Make it smaller, or raise --max-pixels.", output, StringComparison.Ordinal);
        (status, output) = Run([command, "--model", _folder["model.zip"], .. arguments, "--max-pixels", "0"]);
        Assert.Equal(1, status);
        Assert.Contains("error: --max-pixels is 0; expected 1 or more.", output, StringComparison.Ordinal);
    }

    private static void AssertOneLine(string start, string file, string output)
    {
        var error = Assert.Single(Lines(output), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.StartsWith(start, error, StringComparison.Ordinal);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.EndsWith("the image can't be read: its content is damaged, or of a format that can't be decoded. With --skip-bad-images the others are used.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("worker", output, StringComparison.Ordinal);
        Assert.DoesNotContain("BadImageCallback", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);   // no stack trace
    }

    private static string[] Lines(string output) => output.ReplaceLineEndings("\n").Split('\n');
}
