using System.Xml.Linq;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The program's contact sheets of attention maps.</summary>
public sealed class ExplainProgramTests : IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly TempFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_explained_on_one_sheet()
    {
        Write(_folder["data"], 30);
        Train();
        File.Copy(_folder["data/left/0000.jpg"], _folder["data/<unlabelled>.jpg"]);
        var (status, output) = Run(["explain", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["sheet.svg"], "--count", "7"]);
        Assert.True(status == 0, output);
        Assert.Contains("Explained 7 of 31 images", output, StringComparison.Ordinal);

        var model = _ml.Model.Load(_folder["model.zip"], out _);
        var cells = XDocument.Load(_folder["sheet.svg"]).Root!.Elements(Svg + "g").ToList();
        var files = cells.Select(cell => cell.Element(Svg + "title")!.Value).ToList();
        var paths = files.ConvertAll(file => Path.Combine(_folder["data"], file));
        Assert.Equal(["<unlabelled>.jpg", "left", "left", "middle", "middle", "right", "right"], files.Select(file => file.Split('/', '\\')[0]));
        var scored = model.Transform(_ml.Data.LoadFromEnumerable(paths.Select(path => new ImageFile { ImagePath = path }).ToList()));
        var predicted = scored.GetColumn<string>("PredictedLabel").ToList();
        var scores = scored.GetColumn<float[]>("Score").ToList();
        var tlb = ((IEnumerable<ITransformer>)model).OfType<TlbTransformer>().Single();
        Assert.Equal(predicted, tlb.Explain(scored).Select(explanation => explanation.PredictedLabel));
        for (var i = 0; i < cells.Count; i++)
        {
            var trueClass = i == 0 ? null : Labels[(i - 1) / 2];
            var word = trueClass is null || predicted[i] == trueClass ? "predicted" : "wrong:";
            Assert.Equal(
                [FormattableString.Invariant($"{word} {predicted[i]}, {scores[i].Max():P1}"), trueClass is null ? "<unlabelled>.jpg" : $"true class {trueClass}"],
                cells[i].Elements(Svg + "text").Select(text => text.Value));
        }

        foreach (var (cell, path) in cells.Zip(paths))
        {
            using var source = MLImage.CreateFromFile(path);
            var pictures = cell.Elements(Svg + "image").Select(image => Decode(image.Attribute("href")!.Value)).ToList();
            Assert.Equal(2, pictures.Count);
            Assert.Equal(source.GetBGRPixels, pictures[0]);
            Assert.NotEqual(pictures[0], pictures[1]);
        }
        Assert.Equal(1, cells.Count(cell => cell.Element(Svg + "path") is null)); // a tick or a cross where the class is known
    }

    [Fact]
    public void Only_mistakes_are_shown_the_most_confident_first()
    {
        Write(_folder["data"], 30);
        Train();
        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[("left", "right"), ("right", "middle"), ("middle", "left")])
            File.Copy(Directory.GetFiles(_folder[$"data/{from}"]).Order().First(), _folder[$"data/{to}/moved from {from}.jpg"]);
        var model = _ml.Model.Load(_folder["model.zip"], out _);
        var rows = ImageFolder.Read(_folder["data"]).Select(file => new ImageFile { Label = file.Label, ImagePath = Path.Combine(_folder["data"], file.ImagePath) }).ToList();
        var scored = model.Transform(_ml.Data.LoadFromEnumerable(rows));
        var expected = rows.Zip(scored.GetColumn<string>("PredictedLabel"), scored.GetColumn<float[]>("Score"))
            .Where(row => row.First.Label != row.Second).OrderByDescending(row => row.Third.Max()).Select(row => Path.GetRelativePath(_folder["data"], row.First.ImagePath)).ToList();
        Assert.True(expected.Count >= 3);

        Assert.Equal(expected.Take(2), Files("--only-wrong", "--count", "2"));
        Assert.Equal(expected.Where(file => file[0] != 'm'), Files("--only-wrong", "--class", "right", "left", "--count", "99"));
        Assert.All(Files("--class", "middle"), file => Assert.StartsWith("middle", file, StringComparison.Ordinal));

        List<string> Files(params string[] options)
        {
            var (status, output) = Run(["explain", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["sheet.svg"], .. options]);
            Assert.True(status == 0, output);
            return [.. XDocument.Load(_folder["sheet.svg"]).Root!.Elements(Svg + "g").Select(cell => cell.Element(Svg + "title")!.Value)];
        }
    }

    [Fact]
    public void Where_all_is_right_there_is_no_mistake_to_show()
    {
        Write(_folder["data"], 6);
        Train();
        var model = _ml.Model.Load(_folder["model.zip"], out _);
        foreach (var (file, label) in ImageFolder.Read(_folder["data"]).Select(image => Path.Combine(_folder["data"], image.ImagePath)).ToList()
            .Zip(model.Transform(_ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]).Select(image => new ImageFile { ImagePath = Path.Combine(_folder["data"], image.ImagePath) }).ToList())).GetColumn<string>("PredictedLabel")))
        {
            Directory.CreateDirectory(_folder[$"as predicted/{label}"]);
            File.Copy(file, _folder[$"as predicted/{label}/{Guid.NewGuid():N}.jpg"]);
        }
        var (status, output) = Run(["explain", "--model", _folder["model.zip"], "--data", _folder["as predicted"], "--output", _folder["sheet.svg"], "--only-wrong"]);
        Assert.True(status == 0, output);
        Assert.Contains("None of the 6 images is taken for another class than its own: nothing to show.", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["sheet.svg"]));
    }

    [Theory]
    [InlineData(TlbForm.KerasExample, 1)]                                    // all are equal
    [InlineData(TlbForm.Paper, 3)]
    public void State_vectors_have_small_maps_with_a_scale_in_common(TlbForm form, int count)
    {
        Write(_folder["data"], 6);
        Train(form == TlbForm.Paper ? TlbConfig.Tiny with { Form = form, NumberOfLayers = 3, NumberOfStates = count } : TlbConfig.Tiny);
        var (status, output) = Run(["explain", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["sheet.svg"], "--count", "2", "--per-state"]);
        Assert.True(status == 0, output);
        var root = XDocument.Load(_folder["sheet.svg"]).Root!;
        var stops = root.Descendants(Svg + "stop").Select(stop => stop.Attribute("stop-color")!.Value).ToList();
        Assert.Equal(("#000004", "#FCFFA4", 10), (stops[0], stops[^1], stops.Count));

        var model = (IEnumerable<ITransformer>)_ml.Model.Load(_folder["model.zip"], out _);
        foreach (var cell in root.Elements(Svg + "g"))
        {
            var path = Path.Combine(_folder["data"], cell.Element(Svg + "title")!.Value);
            var explanation = model.OfType<TlbTransformer>().Single().Explain(((ITransformer)model).Transform(_ml.Data.LoadFromEnumerable([new ImageFile { ImagePath = path }]))).Single();
            Assert.Equal(count, explanation.StateAttention.Count);
            var values = explanation.StateAttention.SelectMany(map => map.Values).ToList();
            var group = cell.Elements(Svg + "g").Single(group => group.Element(Svg + "image") is not null);
            Assert.All(group.Elements(Svg + "use"), use => Assert.Equal("#" + cell.Element(Svg + "image")!.Attribute("id")!.Value, use.Attribute("href")!.Value));
            Assert.Equal(count, group.Elements(Svg + "use").Count());
            byte[] colors = [.. values.SelectMany(value => Bgr((value - values.Min()) / (values.Max() - values.Min())))];
            Assert.Equal(colors, group.Elements(Svg + "image").SelectMany(image => Decode(image.Attribute("href")!.Value)));
            var legends = cell.Descendants(Svg + "rect").Select(bar => bar.Parent!).ToList();
            Assert.Equal([Legend("attention", explanation.Attention.Values), Legend("of each state vector", values)], legends.Select(legend => string.Join(' ', legend.Elements(Svg + "text").Select(text => text.Value))));
            Assert.All(legends, legend => Assert.Equal("url(#inferno)", legend.Element(Svg + "rect")!.Attribute("fill")!.Value));
        }

        static byte[] Bgr(float value)
        {
            var (red, green, blue) = Inferno.Color(value);
            return [(byte)MathF.Round(blue), (byte)MathF.Round(green), (byte)MathF.Round(red)];
        }

        static string Legend(string what, IReadOnlyList<float> values) => FormattableString.Invariant($"{what} {values.Min():0.00} {values.Max():0.00}");
    }

    [Theory]
    [InlineData("--output", "sheet.jpg", "--output is '", "expected a file that ends in .svg or .png.")]
    [InlineData("--class", "lefft", "--class is 'lefft'; expected a sub-folder of '", "Did you mean 'left'?")]
    [InlineData("--output", "no/such/folder/sheet.svg", "The folder '", "doesn't exist.")]
    [InlineData("--count", "0", "--count is 0; expected 1 or more.", "")]
    [InlineData("--data", "empty", "The folder '", "holds no usable images")]
    [InlineData("--data", "nowhere", "The image folder '", "doesn't exist.")]
    [InlineData("--model", "keys.zip", "keys.zip' holds no Tlb network; expected", "")]
    [InlineData("--model", "nowhere.zip", "nowhere.zip", "")]
    public void Bad_arguments_end_with_one_line_that_says_what_to_do(string option, string value, string message, string end)
    {
        Write(_folder["data"], 6);
        Train();
        Directory.CreateDirectory(_folder["empty"]);
        var rows = _ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]));
        _ml.Model.Save(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows), rows.Schema, _folder["keys.zip"]);
        var arguments = new Dictionary<string, string> { ["--data"] = _folder["data"], ["--model"] = _folder["model.zip"], ["--output"] = _folder["sheet.svg"] };
        arguments[option] = option is "--count" or "--class" ? value : _folder[value];
        var (status, output) = Run(["explain", .. arguments.SelectMany(argument => new[] { argument.Key, argument.Value })]);
        Assert.Equal(1, status);
        Assert.StartsWith("error: ", output, StringComparison.Ordinal);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Contains(end, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);   // no stack trace
        Assert.Equal(["data", "empty", "keys.zip", "model.zip"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private void Train(TlbConfig? network = null)
    {
        var rows = _ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]));
        var options = Options;
        options.Network = network ?? options.Network;
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.LoadImages("Image", null, "ImagePath"))
            .Append(_ml.MulticlassClassification.Trainers.Tlb(options))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        _ml.Model.Save(pipeline.Fit(_ml.Data.LoadFromEnumerable(FullPaths())), rows.Schema, _folder["model.zip"]);

        List<ImageFile> FullPaths() => [.. ImageFolder.Read(_folder["data"]).Select(file => new ImageFile { Label = file.Label, ImagePath = Path.Combine(_folder["data"], file.ImagePath) })];
    }

    private static byte[] Decode(string link)
    {
        const string Start = "data:image/png;base64,";
        Assert.StartsWith(Start, link, StringComparison.Ordinal);
        using var stream = new MemoryStream(Convert.FromBase64String(link[Start.Length..]));
        using var image = MLImage.CreateFromStream(stream);
        return image.GetBGRPixels;
    }
}
