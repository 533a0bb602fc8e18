namespace Tlb.ML.Tests;

public sealed class OptionsJsonTests
{
    [Fact]
    public void What_is_given_is_read_and_the_rest_keeps_its_default()
    {
        var options = TlbTrainer.Options.FromJson("""
            {
              // comments and trailing commas are fine
              "epoch": 7, "learningRate": 0.5, "device": "cuda:2", "precision": "BFloat16", "classWeights": [1, 2],
              "learningRateSchedule": { "kind": "cosine" }, "augmentation": { "padCrop": 3, "colorJitter": { "hue": 0.2 } },
              "earlyStopping": { "patience": 9 }, "network": { "chunkSize": 16 }, "checkpointInterval": "00:05:00",
            }
            """);
        Assert.Equal((7, 0.5f, ComputeDevice.Cuda(2), Precision.BFloat16), (options.Epoch, options.LearningRate, options.Device, options.Precision));
        Assert.Equal([1f, 2f], options.ClassWeights!);
        Assert.Equal(new LearningRateSchedule { Kind = LearningRateScheduleKind.Cosine }, options.LearningRateSchedule);
        Assert.Equal(new ColorJitter { Hue = 0.2f }, options.Augmentation.ColorJitter);
        Assert.Equal(new EarlyStopping { Patience = 9 }, options.EarlyStopping);
        Assert.Equal(TlbConfig.KerasExample with { ChunkSize = 16 }, options.Network);
        Assert.Equal((64, TimeSpan.FromMinutes(5)), (options.BatchSize, options.CheckpointInterval));
        Assert.Empty(options.Validate());
    }

    [Fact]
    public void Options_come_back_as_they_were_written()
    {
        var options = new TlbTrainer.Options { Epoch = 3, Augmentation = AugmentationOptions.Light, EarlyStopping = new() { Metric = EarlyStoppingMetric.ValidationTop5Accuracy } };
        var json = options.ToJson();
        Assert.Equal(json, TlbTrainer.Options.FromJson(json).ToJson());
        Assert.Contains("\"horizontalFlip\": 0.5", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"epochs\": 3 }", "There is no option 'epochs'; did you mean 'epoch'?")]
    [InlineData("{ \"learning_rate\": 3 }", "There is no option 'learning_rate'; did you mean 'learningRate'?")]
    [InlineData("{ \"augmentation\": { \"flip\": 1, \"padcrop\": 2 } }", "did you mean 'augmentation.padCrop'?")]
    [InlineData("{ \"network\": { \"chunks\": 3 } }", "There is no option 'network.chunks'")]
    [InlineData("{ \"epoch\": \"many\" }", "'epoch' has a value that does not fit")]
    [InlineData("{ \"precision\": \"Float8\" }", "'precision' has a value that does not fit")]
    [InlineData("{ \"device\": \"gpu\" }", "'gpu' is no device")]
    [InlineData("[1]", "The JSON is not an object")]
    [InlineData("{ \"epoch\": ", "")]
    public void What_does_not_fit_is_refused_by_name(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => TlbTrainer.Options.FromJson(json)).Message, StringComparison.Ordinal);
}
