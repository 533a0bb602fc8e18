using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary><c>preview</c> as a user starts it.</summary>
public sealed class PreviewProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_picture_of_augmented_images_is_written()
    {
        Write(_folder["data"], 30);
        var plain = Sheet("plain.png", "--flip", "0");
        Assert.Equal((3 * Size + 2 * 2, 3 * Size + 2 * 2), (plain.Width, plain.Height));
        var mirrored = Sheet("mirrored.png", "--flip", "1");
        for (var i = 0; i < 9; i++)
            for (var y = 0; y < Size; y++)
                for (var x = 0; x < Size; x++)
                {
                    var (left, top) = (i % 3 * (Size + 2), i / 3 * (Size + 2) + y);
                    Assert.Equal(Pixels.At(plain, left + x, top), Pixels.At(mirrored, left + Size - 1 - x, top));
                }
        Assert.Equal(["data", "mirrored.png", "plain.png"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("--output", "sheet.svg", "--output is 'sheet.svg'; expected a file that ends in .png.")]
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

    private MLImage Sheet(string name, params string[] options)
    {
        var (status, output) = Run(["preview", "--data", _folder["data"], "--output", _folder[name], "--count", "9", "--network", "Tiny", "--pad-crop", "0", "--image-size", $"{Size}", .. options]);
        Assert.True(status == 0, output);
        return MLImage.CreateFromFile(_folder[name]);
    }
}
