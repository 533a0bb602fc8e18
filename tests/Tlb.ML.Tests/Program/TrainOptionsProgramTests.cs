using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Options on the command line and in a file.</summary>
public sealed class TrainOptionsProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A comma is no point and no separator of thousands: in no language is 0,001 read as 1.</summary>
    [Theory]
    [InlineData("--learning-rate", "0,001", "such as 0.001")]
    [InlineData("--learning-rate", "1e", "such as 0.001")]
    [InlineData("--epochs", "1,000", "such as 10")]
    [InlineData("--epochs", "2.5", "such as 10")]
    public void A_number_that_is_written_otherwise_is_refused(string option, string text, string expected)
    {
        var (status, output) = Run(["train", "--data", _folder["none"], "--model", _folder["model.zip"], option, text]);
        Assert.NotEqual(0, status);
        Assert.Contains($"Cannot parse argument '{text}' for option '{option}': expected a number {expected}.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_goes_over_the_file_and_the_file_over_the_defaults()
    {
        Write(_folder["data"], 60);
        File.WriteAllText(_folder["options.json"], """
            {
              "validationFraction": 0.4, "epoch": 9, "batchSize": 20, "learningRate": 0.01, "learningRateSchedule": { "kind": "cosine", "finalShare": 0.5 },
              "network": { "imageSize": 8, "embeddingDimension": 8, "chunkSize": 2, "numberOfLayers": 2 }
            }
            """);
        var train = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--options", _folder["options.json"], "--epochs", "3", "--flip", "0.5", "--history", _folder["history.csv"]]);
        Assert.True(train.Status == 0, train.Output);
        Assert.Matches(@"left +│ +8 .*", train.Output);                       // of 20: the same share of each class
        Assert.Matches(@"middle +│ +8 .*", train.Output);
        var rows = File.ReadAllLines(_folder["history.csv"]);
        Assert.Equal(4, rows.Length);                                        // a header and 3 epochs, not 9
        var chain = (IEnumerable<ITransformer>)new MLContext().Model.Load(_folder["model.zip"], out _);
        var model = chain.OfType<TlbTransformer>().Single().Model;
        Assert.Equal((8, 2), (model.Network.ImageSize, model.Network.ChunkSize));
        Assert.Equal(3, model.History.Epochs.Count);
        Assert.True(model.History.Epochs[^1].LearningRate is > 0.005f and < 0.01f);   // a cosine from the file's 0.01 down to its half
    }

    [Theory]
    [InlineData("{ \"epohc\": 1 }", "There is no option 'epohc'; did you mean 'epoch'?")]
    [InlineData("{ \"batchSize\": 0 }", ": Options.BatchSize is 0; expected 1 or more.")]
    public void A_file_that_does_not_fit_ends_the_run_before_it_begins(string json, string message)
    {
        Write(_folder["data"], 6);
        File.WriteAllText(_folder["options.json"], json);
        var (status, output) = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--options", _folder["options.json"]]);
        Assert.Equal(1, status);
        Assert.Contains(message, output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["model.zip"]));
    }

    [Theory]
    [InlineData("--device", "gpu")]
    [InlineData("--precision", "Float8")]
    [InlineData("--schedule", "Sawtooth")]
    public void A_value_that_is_none_is_named(string option, string value)
    {
        var (status, output) = Run(["train", "--data", _folder.Path, "--model", _folder["model.zip"], option, value]);
        Assert.NotEqual(0, status);
        Assert.Contains(value, output, StringComparison.Ordinal);
    }
}
