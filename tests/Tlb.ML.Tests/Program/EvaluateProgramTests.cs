using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary><c>evaluate</c> as a user starts it.</summary>
public sealed class EvaluateProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Every figure is worked out anew from the probabilities that score writes for the same images.</summary>
    [Fact]
    public void All_figures_are_those_of_the_scores()
    {
        Train(epochs: 12);
        Write(_folder["other"], 60, seed: 2);
        foreach (var file in Directory.GetFiles(_folder["other/left"])[..7])  // so that not all is right
            File.Move(file, _folder[$"other/right/moved {Path.GetFileName(file)}"]);
        Directory.Delete(_folder["other/middle"], recursive: true);
        var score = Run(["score", "--model", _folder["model.zip"], "--data", _folder["other"], "--output", _folder["scores.csv"]]);
        Assert.True(score.Status == 0, score.Output);
        var rows = File.ReadAllLines(_folder["scores.csv"])[1..].Select(line => line.Split(','))
            .Select(cells => (Label: Path.GetFileName(Path.GetDirectoryName(cells[0])!), Predicted: cells[1], Scores: cells[2..].Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray())).ToList();

        var (status, output) = Run(["evaluate", "--model", _folder["model.zip"], "--data", _folder["other"], "--output", _folder["all.json"]]);
        Assert.True(status == 0, output);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["all.json"]));
        var all = json.RootElement;
        double Share(string label) => rows.Where(row => row.Label == label).Average(row => row.Predicted == label ? 1.0 : 0);
        var accuracy = rows.Average(row => row.Predicted == row.Label ? 1.0 : 0);
        Assert.True(accuracy is > 0.5 and < 1);
        AssertNear(accuracy, all.GetProperty("accuracy"));
        AssertNear(1, all.GetProperty("top5Accuracy"));
        AssertNear((Share("left") + Share("right")) / 2, all.GetProperty("macroAccuracy"));
        AssertNear(rows.Average(row => -Math.Log(row.Scores[Array.IndexOf(Labels, row.Label)])), all.GetProperty("logLoss"));
        var bins = rows.GroupBy(row => Math.Min(14, (int)(row.Scores.Max() * 15))).ToDictionary(
            bin => bin.Key, bin => (Images: bin.Count(), Confidence: bin.Average(row => (double)row.Scores.Max()), Accuracy: bin.Average(row => row.Predicted == row.Label ? 1.0 : 0)));
        var error = bins.Values.Sum(bin => bin.Images * Math.Abs(bin.Confidence - bin.Accuracy)) / rows.Count;
        AssertNear(error, all.GetProperty("expectedCalibrationError"));
        Assert.Equal(15, all.GetProperty("calibration").GetArrayLength());
        foreach (var (i, bin) in all.GetProperty("calibration").EnumerateArray().Index())
        {
            AssertNear(i / 15.0, bin.GetProperty("from"));
            var expected = bins.GetValueOrDefault(i);
            Assert.Equal(expected.Images, bin.GetProperty("images").GetInt32());
            if (expected.Images == 0)
                Assert.Equal(JsonValueKind.Null, bin.GetProperty("accuracy").ValueKind);
            else
                AssertNear(expected.Accuracy, bin.GetProperty("accuracy"));
        }
        Assert.Equal(
            Labels.Select(label => string.Join(' ', Labels.Select(predicted => rows.Count(row => row.Label == label && row.Predicted == predicted)))),
            all.GetProperty("confusionMatrix").EnumerateArray().Select(row => string.Join(' ', row.EnumerateArray().Select(count => count.GetInt32()))));
        var right = all.GetProperty("classes")[2];
        var precision = rows.Where(row => row.Predicted == "right").Average(row => row.Label == "right" ? 1.0 : 0);
        Assert.Equal(("right", 27), (right.GetProperty("name").GetString(), right.GetProperty("images").GetInt32()));
        AssertNear(precision, right.GetProperty("precision"));
        AssertNear(Share("right"), right.GetProperty("recall"));
        AssertNear(2 * precision * Share("right") / (precision + Share("right")), right.GetProperty("f1"));

        // The text says the same.
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"accuracy {accuracy:P2}, top-5 100.00 %, macro accuracy {(Share("left") + Share("right")) / 2:P2}, log-loss "), output, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"expected calibration error {error:P2} (15 bins)"), output, StringComparison.Ordinal);
        Assert.Matches(@"│ class +│ images │ precision │ +recall │ +F1 │", output);
        Assert.Matches(@"│ left +│ +13 │ +[\d.]+ % │ +[\d.]+ % │ +[\d.]+ % │", output);
        Assert.Matches(@"│ middle +│ +0 │ +– │ +– │ +– │", output);          // no images, and none taken for it
        Assert.Matches(@"│ 93\.3 to 100\.0 % │ +\d+ │", output);
    }

    [Fact]
    public void A_table_goes_to_a_file_or_alone_to_standard_output()
    {
        Train(epochs: 12);
        Directory.Delete(_folder["data/middle"], recursive: true);
        string[] expected = ["class,images,precision,recall,f1", "left,20,1,1,1", "middle,0,,,", "right,20,1,1,1"];
        var filed = Run(["evaluate", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["classes.csv"]]);
        Assert.True(filed.Status == 0, filed.Output);
        Assert.Equal(expected, File.ReadAllLines(_folder["classes.csv"]));
        var (status, output) = Run(["evaluate", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", "-"]);
        Assert.True(status == 0, output);
        Assert.Equal(expected, Lines(output)[..4]);
        Assert.StartsWith("accuracy 100.00 %", Lines(output)[4], StringComparison.Ordinal);   // of standard error, which follows here
    }

    [Theory]
    [InlineData("--output", "scores.txt", "--output is 'scores.txt'; expected a file that ends in .csv or .json.")]
    [InlineData("--confusion", "matrix.gif", "--confusion is 'matrix.gif'; expected a file that ends in .svg or .png.")]
    [InlineData("--confusion", "-", "--confusion is '-', standard output; expected a file")]
    [InlineData("--output", "no/such/folder/classes.csv", "doesn't exist.")]
    public void What_can_not_be_written_is_refused_before_the_model_is_opened(string option, string value, string message)
    {
        var (status, output) = Run(["evaluate", "--model", "nowhere.zip", "--data", "nowhere", option, value]);
        Assert.Equal(1, status);
        Assert.StartsWith("error: ", output, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_no_class_and_images_that_can_not_be_read_are_left_out_and_told()
    {
        Train(epochs: 0);
        Directory.CreateDirectory(_folder["data/tree"]);
        File.Copy(_folder["data/left/0000.jpg"], _folder["data/tree/0.jpg"]);
        File.Copy(_folder["data/left/0000.jpg"], _folder["data/loose.jpg"]);
        File.WriteAllBytes(_folder["data/left/0000.jpg"], CraftedImages.Undecodable);
        string[] evaluate = ["evaluate", "--model", _folder["model.zip"], "--data", _folder["data"]];
        var stopped = Run(evaluate);
        Assert.Equal(1, stopped.Status);
        Assert.Matches(@"(?m)^error: .*left/0000\.jpg.* With --skip-bad-images the others are used\.$", stopped.Output);
        var (status, output) = Run([.. evaluate, "--skip-bad-images"]);
        Assert.True(status == 0, output);
        Assert.Contains("measured on 59 of 60 images: the others can't be read", output, StringComparison.Ordinal);
        Assert.Contains("warning: 2 of 62 images are left out: the model has no class of their sub-folder's name (none, tree).", output, StringComparison.Ordinal);

        foreach (var label in Labels)
            Directory.Delete(_folder[$"data/{label}"], recursive: true);
        (status, output) = Run(evaluate);
        Assert.Equal(1, status);
        Assert.Equal($"error: No image of '{_folder["data"]}' is in a sub-folder named as a class of the model (left, middle, right).", Assert.Single(Lines(output)));
    }

    [Fact]
    public void The_confusion_matrix_is_drawn_with_the_names_of_all_classes()
    {
        Names([.. Enumerable.Range(1, 21).Select(i => $"species <{i}> & more")]);
        var (status, output) = Run(["evaluate", "--model", _folder["model.zip"], "--data", _folder["data"], "--confusion", _folder["matrix.svg"]]);
        Assert.True(status == 0, output);
        Assert.DoesNotContain("so many were taken for", output, StringComparison.Ordinal);
        Assert.Contains("Which of the 21 classes are taken for which: evaluate --confusion FILE.svg (or .png) draws it.", output, StringComparison.Ordinal);
        XNamespace svg = "http://www.w3.org/2000/svg";
        var drawn = XElement.Load(_folder["matrix.svg"]);
        var texts = drawn.Descendants(svg + "text").Select(text => text.Value).ToList();
        Assert.All(Enumerable.Range(1, 21), i => Assert.Equal(2, texts.Count(text => text == $"species <{i}> & more")));    // at both sides
        var cells = drawn.Descendants(svg + "title").Select(title => Regex.Match(title.Value, @"^(species <\d+> & more) taken for species <\d+> & more: (\d+) of (\d+)$")).ToList();
        Assert.Equal(21 * 4, cells.Sum(cell => int.Parse(cell.Groups[2].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(21, cells.Select(cell => cell.Groups[1].Value).Distinct().Count());
        Assert.All(cells, cell => Assert.Equal("4", cell.Groups[3].Value));
    }

    [Theory]
    [InlineData(120)]
    [InlineData(80)]
    [InlineData(50)]
    public void Tables_fit_the_terminal_and_cut_no_name(int columns)
    {
        string[] names = ["crested auklet of the northern seas", "whiskered_auklet_in_breeding_plumage", "Brandt cormorant", .. Enumerable.Range(1, 17).Select(i => $"bird {i}")];
        Names(names);
        var (status, output) = Run(["evaluate", "--model", _folder["model.zip"], "--data", _folder["data"]], columns: columns);
        Assert.True(status == 0, output);
        Assert.DoesNotContain(Lines(output), line => line.Length > columns && "┌│├└".Contains(line[0], StringComparison.Ordinal));
        Assert.All(names, name => Assert.Matches($"(?m)^ *[0-9]+  {Regex.Escape(name)}$", output));
        // Each pair of classes is in one of the tables.
        var tables = Lines(output).SkipWhile(line => !line.Contains("so many were taken for", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("expected", StringComparison.Ordinal)).ToList();
        var rows = tables.Where(line => Regex.IsMatch(line, @"^│ \d")).Select(line => line.Split('│', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        Assert.Equal(20 * 20, rows.Sum(row => row.Length - 1));
        Assert.Equal(20 * 4, rows.Sum(row => row[1..].Sum(count => int.Parse(count, CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void Names_head_the_confusion_matrix_where_they_fit()
    {
        Train(epochs: 0);
        var (status, output) = Run(["evaluate", "--model", _folder["model.zip"], "--data", _folder["data"]], columns: 80);
        Assert.True(status == 0, output);
        Assert.Matches(@"│ +│ left │ middle │ right │", output);
    }

    private static string[] Lines(string output) => output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void AssertNear(double expected, JsonElement actual) => Assert.Equal(expected, actual.GetDouble(), 1e-5);

    /// <summary>A model of classes of some names, four images each.</summary>
    private void Names(string[] names)
    {
        Write(_folder["three"], 12);
        foreach (var (i, name) in names.Index())
        {
            Directory.CreateDirectory(_folder[$"data/{name}"]);
            foreach (var file in Directory.GetFiles(_folder[$"three/{Labels[i % 3]}"]))
                File.Copy(file, _folder[$"data/{name}/{Path.GetFileName(file)}"]);
        }
        Fit(epochs: 0);
    }

    private void Train(int epochs)
    {
        Write(_folder["data"], 60);
        Fit(epochs);
    }

    private void Fit(int epochs)
    {
        var (status, output) = Run(["train", "--data", _folder["data"], "--validation", _folder["data"], "--model", _folder["model.zip"], "--epochs", $"{epochs}", .. PlainTiny, "--learning-rate", "0.01", "--batch-size", "16"]);
        Assert.True(status == 0, output);
    }
}
