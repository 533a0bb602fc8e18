using System.Globalization;
using System.Text.Json;
using Parquet;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;

namespace Tlb.ML.Tests;

/// <summary>What <c>score</c> takes and writes.</summary>
public sealed class ScoreProgramTests(ScoreModel model) : IClassFixture<ScoreModel>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_kinds_of_files_hold_the_same_rows()
    {
        foreach (var kind in new[] { "csv", "jsonl", "parquet" })
            Score(0, "--data", model.Images, "--output", _folder[$"scores.{kind}"]);
        var csv = File.ReadAllLines(_folder["scores.csv"]).Select(line => line.Split(',')).ToList();
        Assert.Equal(["path", "predicted label", "score left", "score middle", "score right"], csv[0]);
        Assert.Equal(ScoreModel.Count, csv.Count - 1);
        Assert.Equal(csv[1..].Select(row => row[0]).Order(StringComparer.Ordinal), csv[1..].Select(row => row[0]));

        var lines = File.ReadAllLines(_folder["scores.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement.EnumerateObject().ToList()).ToList();
        Assert.All(lines, line => Assert.Equal(csv[0], line.Select(member => member.Name)));
        Assert.Equal(csv[1..], lines.Select(line => line.Select(member => member.Value.ToString()).ToArray()));
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Number, line[2].Value.ValueKind));

        await using var parquet = await ParquetReader.CreateAsync(_folder["scores.parquet"]);
        var fields = parquet.Schema.GetDataFields();
        Assert.Equal(csv[0], fields.Select(field => field.Name));
        var (paths, scores) = (new string?[ScoreModel.Count], new float[ScoreModel.Count]);
        await parquet.OpenRowGroupReader(0).ReadAsync(fields[0], paths.AsMemory());
        await parquet.OpenRowGroupReader(0).ReadAsync<float>(fields[4], scores.AsMemory());
        Assert.Equal(csv[1..].Select(row => row[0]), paths);
        Assert.Equal(csv[1..].Select(row => row[4]), scores.Select(score => score.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_most_probable_classes_come_first()
    {
        Score(0, "--data", model.Images, "--output", _folder["all.csv"]);
        Score(0, "--data", model.Images, "--output", _folder["top.csv"], "--top", "2");
        var all = Rows("all.csv").ConvertAll(row => row[2..].Zip(TestImages.Labels).OrderByDescending(pair => float.Parse(pair.First, CultureInfo.InvariantCulture)).ToList());
        Assert.Equal("path,label 1,score 1,label 2,score 2", File.ReadLines(_folder["top.csv"]).First());
        Assert.Equal(all.Select(row => new[] { row[0].Second, row[0].First, row[1].Second, row[1].First }), Rows("top.csv").Select(row => row[1..]));
        Assert.Contains("--top is 4; expected 1 to 3, the classes of the model.", Score(1, "--data", model.Images, "--output", _folder["no.csv"], "--top", "4"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_image_is_either_below_a_confidence_or_not()
    {
        Score(0, "--data", model.Images, "--output", _folder["all.csv"]);
        var confidences = Rows("all.csv").ConvertAll(row => row[2..].Max(text => float.Parse(text, CultureInfo.InvariantCulture)));
        var middle = confidences.Order().ElementAt(ScoreModel.Count / 2);    // one that an image has exactly
        var text = middle.ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"Scored {ScoreModel.Count} images; ", Score(0, "--data", model.Images, "--output", _folder["above.csv"], "--above", text), StringComparison.Ordinal);
        Score(0, "--data", model.Images, "--output", _folder["below.csv"], "--below", text);
        Score(0, "--data", model.Images, "--output", _folder["none.csv"], "--above", "0", "--below", "0.001");
        var isAbove = confidences.ConvertAll(confidence => confidence >= middle);
        Assert.Equal(Rows("all.csv").Where((_, i) => isAbove[i]), Rows("above.csv"));
        Assert.Equal(Rows("all.csv").Where((_, i) => !isAbove[i]), Rows("below.csv"));
        Assert.Empty(Rows("none.csv"));
    }

    [Fact]
    public void Globs_and_lists_give_the_rows_of_the_same_images()
    {
        Score(0, "--data", model.Images, "--output", _folder["all.csv"]);
        Score(0, "--data", $"{model.Images}/?i*/**/*.png", "--output", _folder["glob.csv"]);
        var some = Rows("all.csv").FindAll(row => row[0].EndsWith(".png", StringComparison.Ordinal) && !row[0].Contains("left", StringComparison.Ordinal));
        Assert.Equal(30, some.Count);
        Assert.Equal(some, Rows("glob.csv"));
        Assert.Contains("holds no usable images", Score(1, "--data", $"{model.Images}/*.png", "--output", _folder["no.csv"]), StringComparison.Ordinal);
        if (OperatingSystem.IsWindows())
            return;                                                          // there is no sh

        // In another order, one twice, one relative.
        File.WriteAllLines(_folder["list.txt"], [.. some.Select(row => row[0]).Reverse(), some[3][0], "", Path.GetRelativePath(_folder.Path, some[5][0])]);
        var start = StartInfo(["score", "--model", model.Path, "--data", "-", "--output", _folder["list.csv"]]);
        using (var shell = new ChildProcess(new System.Diagnostics.ProcessStartInfo("sh", ["-c", "dotnet \"$@\" < list.txt", "sh", .. start.ArgumentList]) { WorkingDirectory = _folder.Path }))
            Assert.True(shell.ExitCode == 0, shell.Output);
        Assert.Equal(some, Rows("list.csv"));
        using var empty = new ChildProcess(new System.Diagnostics.ProcessStartInfo("sh", ["-c", "dotnet \"$@\" < /dev/null", "sh", .. start.ArgumentList]));
        Assert.Equal(1, empty.ExitCode);
        Assert.Contains("error: The list on standard input is empty; expected the path of an image in each line.", empty.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_can_not_be_read_are_listed_and_the_status_says_so()
    {
        CopyImages();
        File.WriteAllBytes(_folder["images/left/0000.jpg"], CraftedImages.Undecodable);
        File.WriteAllText(_folder["images/middle/0001.jpg"], "no image");
        File.WriteAllText(_folder["images/right/zzz.jpg"], "");
        string[] expected = [_folder["images/left/0000.jpg"], _folder["images/middle/0001.jpg"], _folder["images/right/zzz.jpg"]];
        foreach (var resume in new string[][] { [], ["--resume"] })
        {
            var output = Score(3, ["--data", _folder["images"], "--output", _folder["scores.csv"], "--bad-list", _folder["bad.jsonl"], .. resume]);
            Assert.Contains($"warning: 3 left out: they are listed in {_folder["bad.jsonl"]}.", output, StringComparison.Ordinal);
            Assert.DoesNotContain("left out: /", output, StringComparison.Ordinal);
            var bad = File.ReadAllLines(_folder["bad.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.Equal(expected, bad.Select(image => image.GetProperty("path").GetString()));
            Assert.Equal(
                ["the image can't be read: its content is damaged, or of a format that can't be decoded.", "the file is not a JPEG, PNG, BMP, GIF or WebP image."],
                bad.Take(2).Select(image => image.GetProperty("problem").GetString()));
            Assert.Equal(ScoreModel.Count - 2, Rows("scores.csv").Count);
            Assert.Empty(Rows("scores.csv").Select(row => row[0]).Intersect(expected));
        }
        Score(0, "--data", model.Images, "--output", _folder["scores.csv"], "--bad-list", _folder["bad.jsonl"]);
        Assert.Equal("", File.ReadAllText(_folder["bad.jsonl"]));
        Assert.Contains("the file is not a JPEG", Score(1, "--data", _folder["images/middle"], "--output", _folder["scores.csv"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--output is 'scores.txt'; expected a file that ends in .csv, .jsonl or .parquet.", "--output", "scores.txt")]
    [InlineData("--bad-list is 'bad'; expected a file that ends in .csv, .jsonl or .parquet.", "--output", "x.csv", "--bad-list", "bad")]
    [InlineData("--output and --bad-list are all '", "--output", "x.csv", "--bad-list", "x.csv")]
    [InlineData("--top is 0; expected 1 to 3", "--output", "x.csv", "--top", "0")]
    [InlineData("--above is 1.5; expected 0 to 1.", "--output", "x.csv", "--above", "1.5")]
    [InlineData("--below is -1; expected 0 to 1.", "--output", "x.csv", "--below", "-1")]
    [InlineData("--above is 0.5 and --below 0.5; expected a lower --above.", "--output", "x.csv", "--above", "0.5", "--below", "0.5")]
    [InlineData("--shard is '5/4'; expected i/n with i from 1 to n, such as 2/4.", "--output", "x.csv", "--shard", "5/4")]
    [InlineData("--shard is '0/4'; expected i/n", "--output", "x.csv", "--shard", "0/4")]
    [InlineData("--shard is '1'; expected i/n", "--output", "x.csv", "--shard", "1")]
    [InlineData("--resume needs a file for --output, since it keeps files beside it; --output is standard output.", "--output", "-", "--resume")]
    [InlineData("--shard needs a file for --output", "--output", "/dev/null", "--shard", "1/2")]
    [InlineData("--raw-names is about CSV, and --output is 'x.jsonl'", "--output", "x.jsonl", "--raw-names")]
    public void What_can_not_be_done_is_refused_at_the_beginning(string message, params string[] arguments)
    {
        if (OperatingSystem.IsWindows() && arguments.Contains("/dev/null"))
            return;
        var output = Score(1, ["--data", model.Images, .. arguments]);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(AppContext.BaseDirectory, "x.csv")));
    }

    /// <summary>In a terminal a line says how far it is, how fast, and how long it takes still.</summary>
    [Fact]
    public void A_terminal_shows_a_bar_the_rate_and_the_time_left()
    {
        const string Script = "/usr/bin/script";
        if (!OperatingSystem.IsLinux() || !File.Exists(Script))
            return;                                                          // it makes a terminal
        model.CopyMany(_folder["many"], 40_000);
        var program = StartInfo(["score", "--model", model.Path, "--data", _folder["many"], "--output", _folder["scores.csv"]]);
        var command = string.Join(' ', program.ArgumentList.Prepend(program.FileName).Select(word => $"'{word}'"));
        using var terminal = new ChildProcess("env", "TERM=xterm-256color", Script, "-qefc", $"stty cols 100; exec {command}", _folder["typescript"]);
        Assert.True(terminal.ExitCode == 0, terminal.Output);
        Assert.Matches(@"\r\e\[J[\d,]+ of 40,000 images  [█░]{8,30}  \d+ %  \d+:\d\d left  [\d,]+ images/s", terminal.Output);
        Assert.Contains("\r\e[JScored 40,000 images into ", terminal.Output, StringComparison.Ordinal);
    }

    private void CopyImages()
    {
        foreach (var file in Directory.GetFiles(model.Images, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder["images"], Path.GetRelativePath(model.Images, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private string Score(int expected, params string[] arguments)
    {
        var (status, output) = Run(["score", "--model", model.Path, .. arguments]);
        Assert.True(status == expected, $"{status}: {output}");
        return output;
    }

    private List<string[]> Rows(string name) => [.. File.ReadLines(_folder[name]).Skip(1).Select(line => line.Split(','))];
}
