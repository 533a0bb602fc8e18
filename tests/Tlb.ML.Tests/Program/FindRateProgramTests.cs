using System.Xml.Linq;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary><c>find-rate</c> as a user starts it.</summary>
public sealed class FindRateProgramTests : IDisposable
{
    private static readonly string[] TinyNetwork = ["--network", "Tiny", "--optimizer", "AdamW", "--pad-crop", "0", "--flip", "0", "--batch-size", "16"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_curve_and_a_table_are_written_and_a_rate_suggested()
    {
        Write(_folder["data"], 60);
        var drawn = Run(["find-rate", "--data", _folder["data"], "--output", _folder["rates.svg"], .. TinyNetwork]);
        Assert.True(drawn.Status == 0, drawn.Output);
        Assert.Matches(@"\d+ rates from 1\.0e-6 to \S+ were tried; the smoothed loss was lowest at \S+\.\s+Suggested: --learning-rate \d\.\de-\d", drawn.Output);
        Assert.Contains("learning rate", XElement.Load(_folder["rates.svg"]).Value, StringComparison.Ordinal);

        var listed = Run(["find-rate", "--data", _folder["data"], "--output", _folder["rates.csv"], "--lowest", "0.001", "--highest", "0.004", "--steps", "3", .. TinyNetwork]);
        Assert.True(listed.Status == 0, listed.Output);
        var lines = File.ReadAllLines(_folder["rates.csv"]);
        Assert.Equal("learning_rate,loss,smoothed_loss", lines[0]);
        Assert.Equal(["0.001", "0.002", "0.004"], lines[1..].Select(line => line.Split(',')[0]));
    }

    [Theory]
    [InlineData("--output", "rates.jpg", "--output is 'rates.jpg'; expected a file that ends in .csv, .svg or .png.")]
    [InlineData("--highest", "1e-7", "Expected a number above the lowest rate, 1E-06.")]
    public void Bad_arguments_end_with_one_line_that_says_what_to_do(string option, string value, string message)
    {
        Write(_folder["data"], 6);
        var arguments = new Dictionary<string, string> { ["--data"] = _folder["data"], ["--output"] = _folder["rates.svg"], [option] = value };
        var (status, output) = Run(["find-rate", .. arguments.SelectMany(argument => new[] { argument.Key, argument.Value })]);
        Assert.Equal(1, status);
        Assert.Contains(message, output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["rates.svg"]));
    }
}
