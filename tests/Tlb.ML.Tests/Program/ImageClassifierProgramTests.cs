using System.Globalization;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The ImageClassifier program as a user starts it: training and scoring are processes of their own.</summary>
public sealed class ImageClassifierProgramTests : IDisposable
{
    private static readonly string[] TinyNetwork = [.. PlainTiny, "--learning-rate", "0.01", "--batch-size", "16"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_learned_saved_and_scored_in_a_new_process()
    {
        Write(_folder["data"], 90);
        Write(_folder["other"], 30, seed: 2);
        var train = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "12", .. TinyNetwork]);
        Assert.True(train.Status == 0, train.Output);
        Assert.Contains("accuracy 100.00 %", train.Output, StringComparison.Ordinal);
        Assert.Contains("middle", train.Output, StringComparison.Ordinal);

        File.Copy(_folder["other/left/0000.jpg"], _folder["other/unlabelled.jpg"]);
        var score = Run(["score", "--model", _folder["model.zip"], "--data", _folder["other"], "--output", _folder["scores.csv"]]);
        Assert.True(score.Status == 0, score.Output);
        Assert.Contains("accuracy 100.00 % (30 of 30 images", score.Output, StringComparison.Ordinal);
        var lines = File.ReadAllLines(_folder["scores.csv"]);
        Assert.Equal("path,predicted label,score left,score middle,score right", lines[0]);
        Assert.Equal(32, lines.Length);
        foreach (var fields in lines[1..].Select(line => line.Split(',')))
        {
            Assert.True(File.Exists(fields[0]));
            var scores = fields[2..].Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(1, scores.Sum(), 5);
            Assert.Equal(fields[1], Labels[scores.IndexOf(scores.Max())]);
        }

        // The same folder through the library in this process: the same numbers.
        var ml = new MLContext();
        var model = ml.Model.Load(_folder["model.zip"], out _);
        var rows = ml.Data.LoadFromEnumerable(lines[1..].Select(line => new ImageFile { ImagePath = line.Split(',')[0] }).ToList());
        Assert.Equal(
            lines[1..].Select(line => string.Join(',', line.Split(',')[2..])),
            model.Transform(rows).GetColumn<float[]>("Score").Select(score => string.Join(',', score.Select(value => value.ToString(CultureInfo.InvariantCulture)))));
    }

    [Theory]
    [InlineData("train", "--data", "nowhere", "The image folder 'nowhere' doesn't exist.")]
    [InlineData("train", "--image-size", "5000", "Options.Network.ImageSize is 5000; expected 1 to 4096.")]
    [InlineData("train", "--network", "Huge", "expected one of Tiny, Small, Base, Large, KerasExample.")]
    [InlineData("train", "--model", "no/such/folder/model.zip", "doesn't exist.")]
    [InlineData("score", "--model", "nowhere.zip", "nowhere.zip")]
    public void Bad_arguments_end_with_one_line_that_says_what_to_do(string command, string option, string value, string message)
    {
        Write(_folder["data"], 6);
        var arguments = new Dictionary<string, string> { ["--data"] = _folder["data"], ["--model"] = _folder["model.zip"] };
        if (command == "score")
            arguments["--output"] = _folder["scores.csv"];
        arguments[option] = value;
        var (status, output) = Run([command, .. arguments.SelectMany(argument => new[] { argument.Key, argument.Value })]);
        Assert.Equal(1, status);
        Assert.Contains(message, output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);   // no stack trace
        Assert.Equal(["data"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Damaged_images_end_the_run_or_are_left_out()
    {
        Write(_folder["data"], 30);
        File.WriteAllBytes(_folder["data/left/0000.jpg"], File.ReadAllBytes(_folder["data/left/0000.jpg"])[..200]);
        string[] arguments = ["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "1", .. TinyNetwork];
        var stopped = Run(arguments);
        Assert.Equal(1, stopped.Status);
        Assert.Contains("0000.jpg", stopped.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["model.zip"]));

        var skipped = Run([.. arguments, "--skip-bad-images"]);
        Assert.True(skipped.Status == 0, skipped.Output);
        Assert.Contains("left out:", skipped.Output, StringComparison.Ordinal);
        var scored = Run(["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["scores.csv"], "--skip-bad-images"]);
        Assert.True(scored.Status == 0, scored.Output);
        Assert.Equal(30, File.ReadAllLines(_folder["scores.csv"]).Length);   // a header and 29 images
    }
}
