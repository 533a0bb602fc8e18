using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Tlb.ML.Tests;

/// <summary>Transparent pictures, from files, through ML.NET's stages.</summary>
public sealed class TransparentImageTests : IDisposable
{
    private const int Size = 8;

    private static readonly RgbColor Orange = new(255, 128, 0);

    private readonly TempFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_background_shows_through(bool isResized)
    {
        Write("a", new SKColor(200, 0, 40, 128));
        Write("b", SKColors.Transparent);
        Write("c", new SKColor(10, 20, 30));
        var resizing = isResized ? _ml.Transforms.ResizeImages("Image", Size / 2, Size / 2) : null;
        // What comes of each over a background, by hand: each colour times its opacity, and of the background the rest.
        Assert.Equal([(227, 127, 147), (255, 255, 255), (10, 20, 30)], Seen(new(), resizing));        // white, unless another is named
        Assert.Equal([(100, 0, 20), (0, 0, 0), (10, 20, 30)], Seen(new() { Background = RgbColor.Black }, resizing));
        Assert.Equal([(227, 64, 20), (255, 128, 0), (10, 20, 30)], Seen(new() { Background = Orange }, resizing));
    }

    [Fact]
    public void So_it_does_where_a_picture_is_padded()
    {
        Write("a", new SKColor(10, 20, 30), width: 2 * Size);
        Write("b", new SKColor(10, 20, 30), width: 2 * Size);
        Assert.Equal([(255, 128, 0), (255, 128, 0)], Seen(new() { Background = Orange }, _ml.Transforms.ResizeImages("Image", Size, Size, resizing: ImageResizingEstimator.ResizingKind.IsoPad)));
    }

    [Fact]
    public void A_saved_model_lays_pictures_on_the_colour_that_it_was_trained_with()
    {
        for (var i = 0; i < 12; i++)
        {
            Write("empty", SKColors.Transparent, $"{i}");
            Write("half", new SKColor((byte)(40 * (i % 3)), 0, 200, 128), $"{i}");
        }
        var options = TestImages.Options;
        options.Background = Orange;
        var rows = _ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]));
        var model = Stages(resizing: null).Append(_ml.MulticlassClassification.Trainers.Tlb(options)).Fit(rows);
        _ml.Model.Save(model, rows.Schema, _folder["model.zip"]);
        var loaded = _ml.Model.Load(_folder["model.zip"], out _);
        Assert.Equal(Orange, ((IEnumerable<ITransformer>)loaded).OfType<TlbTransformer>().Single().Model.ImageLayout.Background);

        Write("new", SKColors.Transparent, "transparent");
        Write("new", new SKColor(Orange.Red, Orange.Green, Orange.Blue), "orange");
        Write("new", SKColors.White, "white");
        var scores = loaded.Transform(_ml.Data.LoadFromEnumerable(new[] { "transparent", "orange", "white" }.Select(name => new ImageFile { ImagePath = $"new/{name}.png" }).ToList())).GetColumn<float[]>("Score").ToList();
        Assert.Equal(scores[1], scores[0]);
        Assert.NotEqual(scores[2], scores[0]);
    }

    [Theory]
    [InlineData("#ff8000")]
    [InlineData("#FF8000")]
    public void A_colour_is_read_as_it_is_written_in_HTML(string text) => Assert.Equal((Orange, "#ff8000"), (RgbColor.Parse(text), RgbColor.Parse(text).ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("orange")]
    [InlineData("#fff")]
    [InlineData("ff8000")]
    [InlineData("#ff80001")]
    [InlineData("#+f8000")]
    [InlineData("#ff 000")]
    public void What_is_no_colour_is_refused(string text) =>
        Assert.Equal($"'{text}' is no colour; expected red, green and blue in hexadecimal, such as #ffffff for white.", Assert.Throws<FormatException>(() => RgbColor.Parse(text)).Message);

    [Fact]
    public void Options_in_JSON_name_it()
    {
        Assert.Equal(Orange, TlbTrainer.Options.FromJson("""{ "background": "#ff8000" }""").Background);
        Assert.Contains("\"background\": \"#ffffff\"", new TlbTrainer.Options().ToJson(), StringComparison.Ordinal);
        Assert.Contains("'red' is no colour", Assert.Throws<FormatException>(() => TlbTrainer.Options.FromJson("""{ "background": "red" }""")).Message, StringComparison.Ordinal);
    }

    /// <summary>The first pixel of each picture, as the network sees it.</summary>
    private List<(int, int, int)> Seen(TlbTrainer.Options options, IEstimator<ITransformer>? resizing)
    {
        (options.FeatureColumnName, options.Network, options.Augmentation) = ("Image", TlbConfig.Tiny, new());
        var rows = _ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]));
        var images = Stages(resizing).Fit(rows).Transform(rows);
        return [.. _ml.MulticlassClassification.Trainers.Tlb(options).Preview(images).OrderBy(image => image.Label, StringComparer.Ordinal).Select(image =>
        {
            using var picture = image.CreateOriginal();
            var pixel = Pixels.At(picture, 0, 0);
            return ((int)pixel.R, (int)pixel.G, (int)pixel.B);
        })];
    }

    private IEstimator<ITransformer> Stages(IEstimator<ITransformer>? resizing)
    {
        var stages = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.LoadImages("Image", _folder["data"], "ImagePath"));
        return resizing is null ? stages : stages.Append(resizing);
    }

    private void Write(string label, SKColor color, string name = "0", int width = Size)
    {
        using var pixels = new SKBitmap(new SKImageInfo(width, Size, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        pixels.Erase(color);
        using var data = pixels.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_folder[$"data/{label}"]).FullName, $"{name}.png"), data.ToArray());
    }
}
