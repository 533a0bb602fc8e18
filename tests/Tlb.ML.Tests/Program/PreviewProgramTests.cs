using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary><c>preview</c> as a user starts it.</summary>
public sealed class PreviewProgramTests : IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_are_drawn_before_and_after_with_the_names_of_their_classes()
    {
        Write(_folder["data"], 30);
        var cells = Sheet("sheet.svg", "--flip", "1").Elements(Svg + "g").ToList();
        Assert.Equal(9, cells.Count);
        foreach (var cell in cells)
        {
            var name = cell.Elements(Svg + "text").Single().Value;
            var pictures = cell.Elements(Svg + "image").ToList();
            Assert.Equal(["96", "96"], pictures.Select(picture => picture.Attribute("width")!.Value));   // small ones are magnified, as they are
            Assert.All(pictures, picture => Assert.Equal("pixelated", picture.Attribute("image-rendering")!.Value));
            using MLImage before = Decode(pictures[0]), after = Decode(pictures[1]);
            Assert.Equal((Size, Size, Size, Size), (before.Width, before.Height, after.Width, after.Height));
            Assert.Contains(Directory.GetFiles(_folder[$"data/{name}"]), file => Same(file, before));
            for (var y = 0; y < Size; y++)
                for (var x = 0; x < Size; x++)
                    Assert.Equal(Pixels.At(before, x, y), Pixels.At(after, Size - 1 - x, y));
        }
        Assert.Equal(Labels, cells.Select(cell => cell.Elements(Svg + "text").Single().Value).Distinct().Order());
        Assert.Equal(["data", "sheet.svg"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());

        static bool Same(string file, MLImage picture)
        {
            using var image = MLImage.CreateFromFile(file);
            return image.GetBGRPixels.SequenceEqual(picture.GetBGRPixels);
        }
    }

    [Fact]
    public void Classes_of_mixed_images_have_their_shares()
    {
        Write(_folder["data"], 30);
        var names = Sheet("sheet.svg", "--mixup", "1").Elements(Svg + "g").Select(cell => cell.Elements(Svg + "text").Single().Value).ToList();
        Assert.All(names, name =>
        {
            var match = Regex.Match(name, "^(left|middle|right) ([0-9]+) %, (left|middle|right) ([0-9]+) %$");
            Assert.True(match.Success, name);
            Assert.InRange(int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) + int.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture), 99, 101);   // rounded
        });
    }

    [Fact]
    public void A_png_shows_the_same()
    {
        Write(_folder["data"], 30);
        var svg = Sheet("sheet.svg", "--flip", "1");
        var (status, output) = Run(Arguments("sheet.png", "--flip", "1"));
        Assert.True(status == 0, output);
        using var sheet = MLImage.CreateFromFile(_folder["sheet.png"]);
        const int Scale = 2;                                                 // pixels for each unit
        int Units(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        Assert.Equal((Scale * Units(svg, "width"), Scale * Units(svg, "height")), (sheet.Width, sheet.Height));
        foreach (var cell in svg.Elements(Svg + "g"))
        {
            var place = cell.Attribute("transform")!.Value.Split('(', ' ', ')')[1..3].Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            foreach (var element in cell.Elements(Svg + "image"))
            {
                using var picture = Decode(element);
                var pixel = Scale * Units(element, "width") / Size;
                for (var i = 0; i < Size; i++)
                    Assert.Equal(Pixels.At(picture, i, i), Pixels.At(sheet, Scale * (place[0] + Units(element, "x")) + i * pixel + pixel / 2, Scale * place[1] + i * pixel + pixel / 2));
            }
            var text = cell.Element(Svg + "text")!;
            var dark = Enumerable.Range(0, 40).SelectMany(_ => Enumerable.Range(0, Scale * 12), (x, y) => Pixels.At(sheet, Scale * place[0] + x, Scale * (place[1] + Units(text, "y") - 10) + y)).Count(color => color.R < 128);
            Assert.True(dark > 20, $"{text.Value} has {dark} dark pixels.");
        }
    }

    [Theory]
    [InlineData("--output", "sheet.jpg", "--output is 'sheet.jpg'; expected a file that ends in .svg or .png.")]
    [InlineData("--count", "0", "count")]
    public void Bad_arguments_end_with_one_line_that_says_what_to_do(string option, string value, string message)
    {
        Write(_folder["data"], 6);
        var arguments = new Dictionary<string, string> { ["--data"] = _folder["data"], ["--output"] = _folder["sheet.png"], [option] = value };
        var (status, output) = Run(["preview", .. arguments.SelectMany(argument => new[] { argument.Key, argument.Value })]);
        Assert.Equal(1, status);
        Assert.Contains(message, output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["sheet.png"]));
    }

    private XElement Sheet(string name, params string[] options)
    {
        var (status, output) = Run(Arguments(name, options));
        Assert.True(status == 0, output);
        return XElement.Load(_folder[name]);
    }

    private string[] Arguments(string name, params string[] options) =>
        ["preview", "--data", _folder["data"], "--output", _folder[name], "--count", "9", "--network", "Tiny", "--pad-crop", "0", "--image-size", $"{Size}", .. options];

    private static MLImage Decode(XElement image)
    {
        using var stream = new MemoryStream(Convert.FromBase64String(image.Attribute("href")!.Value.Split(',')[1]));
        return MLImage.CreateFromStream(stream);
    }
}
