using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The page on a model that <c>train --report</c> and <c>report</c> write.</summary>
public sealed class ReportProgramTests : IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_is_reported_with_all_that_it_takes_to_do_it_again()
    {
        var (data, model) = (_folder["it's data"], _folder["model.zip"]);
        Write(data, 60);
        var (status, output) = Run(["train", "--data", data, "--model", model, "--report", _folder["report.html"], "--epochs", "3", "--seed", "7", .. PlainTiny[..^1], "0.5", "--learning-rate", "0.01", "--batch-size", "16", "--validation-fraction", "0.4"]);
        Assert.True(status == 0, output);
        Assert.Contains($"Wrote {_folder["report.html"]}.", output, StringComparison.Ordinal);
        var page = Page("report.html");

        var history = ((IEnumerable<ITransformer>)new MLContext().Model.Load(model, out _)).OfType<TlbTransformer>().Single().Model.History;
        Assert.Equal(Percent(history.Epochs[^1].ValidationAccuracy!.Value), Figures(page)["accuracy"]);
        Assert.Equal("24", Figures(page)["images"]);
        Assert.True(XNode.DeepEquals(XElement.Parse(history.ToSvg()).Elements(Svg + "g").First(), Section(page, "curves").Descendants(Svg + "g").First()));
        var cells = Section(page, "images").Descendants(Svg + "g").ToList();
        Assert.Equal(16, cells.Count);                                       // a batch
        Assert.Equal(Labels, cells.Select(cell => cell.Elements(Svg + "text").Single().Value).Distinct().Order());
        var card = Section(page, "model").Descendants("tr").ToDictionary(row => row.Element("th")!.Value, row => row.Element("td")!.Value);
        Assert.Equal(("36 of it's data", "24 of it's data", "7", history.Engine), (card["training images"], card["images measured on"], card["seed"], card["trained by"]));
        Assert.Equal("24 images of it's data, held out of the training", page.Descendants("header").Single().Element("p")!.Value["Measured on ".Length..^1]);
        using var options = JsonDocument.Parse(Section(page, "model").Descendants("pre").Single().Value);
        Assert.Equal((3, 0.5), (options.RootElement.GetProperty("epoch").GetInt32(), options.RootElement.GetProperty("augmentation").GetProperty("horizontalFlip").GetDouble()));

        // The command does it again, to the bit.
        var before = Weights(model);
        File.Delete(model);
        var program = Path.Combine(AppContext.BaseDirectory, "tlb-images.dll");
        var start = new ProcessStartInfo("bash", ["-c", "set -e; tlb-images() { dotnet \"$PROGRAM\" \"$@\"; }; eval \"$COMMAND\""]);
        (start.Environment["PROGRAM"], start.Environment["COMMAND"]) = (program, Section(page, "again").Element("pre")!.Value);
        using var process = new ChildProcess(start, null);
        Assert.True(process.ExitCode == 0, process.Output);
        Assert.Equal(before, Weights(model));
    }

    [Fact]
    public void A_saved_model_is_reported_with_the_figures_that_evaluate_gives()
    {
        Train(epochs: 4);
        Write(_folder["other"], 60, seed: 2);
        foreach (var file in Directory.GetFiles(_folder["other/left"])[..7])  // so that not all is right
            File.Move(file, _folder[$"other/right/moved {Path.GetFileName(file)}"]);
        var (status, output) = Run(["report", "--model", _folder["model.zip"], "--data", _folder["other"], "--output", _folder["report.html"]]);
        Assert.True(status == 0, output);
        var page = Page("report.html");
        Assert.True(Run(["evaluate", "--model", _folder["model.zip"], "--data", _folder["other"], "--output", _folder["all.json"], "--confusion", _folder["confusion.svg"]]).Status == 0);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["all.json"]));
        var all = json.RootElement;

        var figures = Figures(page);
        Assert.Equal(
            [Percent(all, "accuracy"), Percent(all, "macroAccuracy"), all.GetProperty("logLoss").GetDouble().ToString("F4", CultureInfo.InvariantCulture), Percent(all, "expectedCalibrationError"), "60"],
            [figures["accuracy"], figures["macro accuracy"], figures["log-loss"], figures["calibration error"], figures["images"]]);
        Assert.DoesNotContain("top-5 accuracy", figures.Keys);               // of three classes
        var rows = Section(page, "classes").Descendants("tbody").Single().Elements("tr").Select(row => row.Elements().Select(cell => cell.Value).ToList()).ToList();
        foreach (var (row, each) in rows.Zip(all.GetProperty("classes").EnumerateArray()))
            Assert.Equal([each.GetProperty("name").GetString()!, $"{each.GetProperty("images").GetInt32()}", Percent(each, "precision"), Percent(each, "recall"), Percent(each, "f1")], row[..5]);
        Assert.Matches(@"^left \(\d+\)$", rows[2][5]);                       // those that were moved
        Assert.Equal(
            XElement.Load(_folder["confusion.svg"]).Descendants(Svg + "title").Select(title => title.Value), Section(page, "confusion").Descendants(Svg + "title").Select(title => title.Value));
        var bars = Section(page, "calibration").Descendants(Svg + "title").Select(title => title.Value).ToList();
        var bins = all.GetProperty("calibration").EnumerateArray().Where(bin => bin.GetProperty("images").GetInt32() > 0).ToList();
        Assert.Equal(bins.Select(bin => string.Create(CultureInfo.InvariantCulture,
            $"{Percent(bin, "from")} to {Percent(bin, "to")}: {bin.GetProperty("images").GetInt32()} images, probability {Percent(bin, "confidence")} in the mean, {Percent(bin, "accuracy")} of them right")), bars);

        // The mistakes are those that explain shows, and there is nothing of a training that is not known here.
        Assert.True(Run(["explain", "--model", _folder["model.zip"], "--data", _folder["other"], "--only-wrong", "--count", "12", "--output", _folder["wrong.svg"]]).Status == 0);
        Assert.Equal(Titles(XElement.Load(_folder["wrong.svg"])), Titles(Section(page, "mistakes").Descendants(Svg + "svg").Single()));
        Assert.DoesNotContain(page.Descendants("section"), section => (string)section.Attribute("aria-labelledby")! is "images");
        Assert.Empty(Section(page, "model").Descendants("details"));

        static IEnumerable<string> Titles(XElement sheet) => sheet.Elements(Svg + "g").Select(cell => cell.Element(Svg + "title")!.Value);
    }

    [Fact]
    public void A_page_needs_nothing_else_whatever_the_names_of_classes()
    {
        const string Name = "<script src='http:evil.js'> & \"more\"";
        Write(_folder["data"], 12);
        Directory.Move(_folder["data/left"], _folder[$"data/{Name}"]);
        Fit(epochs: 0);
        var (status, output) = Run(["report", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["report.html"]]);
        Assert.True(status == 0, output);
        var page = Page("report.html");
        Assert.Contains(Section(page, "classes").Descendants("th"), cell => cell.Value == Name);
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "iframe" or "img" or "object");
        foreach (var link in page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "href" or "src"))
            Assert.True(link.Value.StartsWith("data:image/png;base64,", StringComparison.Ordinal) || (link.Value[0] == '#' && page.Descendants().Any(element => (string?)element.Attribute("id") == link.Value[1..])), link.Value);
        Assert.DoesNotContain("curves", page.Descendants("h2").Select(heading => heading.Attribute("id")!.Value));    // no epoch was trained
        Assert.DoesNotContain("url(", page.Descendants("style").Single().Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report", "--output", "report.pdf", "--output is 'report.pdf'; expected a file that ends in .html.")]
    [InlineData("train", "--report", "report.txt", "--report is 'report.txt'; expected a file that ends in .html.")]
    [InlineData("train", "--report", "no/such/folder/report.html", "doesn't exist.")]
    public void What_can_not_be_written_is_refused_first(string command, string option, string value, string message)
    {
        var (status, output) = Run([command, "--model", _folder["model.zip"], "--data", "nowhere", option, value]);
        Assert.Equal(1, status);
        Assert.StartsWith("error: ", output, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Single(output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private XElement Page(string name)
    {
        var text = File.ReadAllText(_folder[name]);
        const string Start = "<!DOCTYPE html>";
        Assert.StartsWith(Start, text, StringComparison.Ordinal);
        return XElement.Parse(text[Start.Length..]);
    }

    private static XElement Section(XElement page, string id) => page.Descendants("section").Single(section => section.Attribute("aria-labelledby")!.Value == id);

    private static Dictionary<string, string> Figures(XElement page) =>
        page.Descendants("dl").Single().Elements("div").ToDictionary(figure => figure.Element("dt")!.Value, figure => figure.Element("dd")!.Value);

    private static string Percent(JsonElement element, string name) => Percent(element.GetProperty(name).GetDouble());

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static byte[] Weights(string zip)
    {
        using var stream = new MemoryStream();
        ((IEnumerable<ITransformer>)new MLContext().Model.Load(zip, out _)).OfType<TlbTransformer>().Single().Model.Weights.Save(stream);
        return stream.ToArray();
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
