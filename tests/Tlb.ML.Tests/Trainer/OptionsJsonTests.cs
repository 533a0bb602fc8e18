using System.Globalization;

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
              "earlyStopping": { "patience": 9 }, "network": { "chunkSize": 16 }, "checkpointInterval": "00:05:00", "distributed": true,
            }
            """);
        Assert.Equal((7, 0.5f, ComputeDevice.Cuda(2), Precision.BFloat16), (options.Epoch, options.LearningRate, options.Device, options.Precision));
        Assert.Equal([1f, 2f], options.ClassWeights!);
        Assert.Equal(new LearningRateSchedule { Kind = LearningRateScheduleKind.Cosine, RisingShare = 0.1 }, options.LearningRateSchedule);
        Assert.Equal(new ColorJitter { Hue = 0.2f }, options.Augmentation.ColorJitter);
        Assert.Equal(new EarlyStopping { Patience = 9 }, options.EarlyStopping);
        Assert.Equal(TlbConfig.KerasExample with { ChunkSize = 16 }, options.Network);
        Assert.Equal((64, TimeSpan.FromMinutes(5), true), (options.BatchSize, options.CheckpointInterval, options.Distributed));
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
    [InlineData("{ \"augmentation\": null, \"learningRateSchedule\": null }", "'learningRateSchedule' is null")]
    [InlineData("{ \"epoch\": null }", "'epoch' is null")]
    [InlineData("{ \"scoreColumnName\": null }", "'scoreColumnName' is null")]
    [InlineData("{ \"network\": { \"r\": null } }", "'network.r' is null")]
    [InlineData("{ \"classWeights\": [1, null] }", "'classWeights[1]' has a value that does not fit")]
    [InlineData("{ \"epoch\": 1, \"epoch\": 2 }", "Duplicate property 'epoch'")]
    [InlineData("{ \"network\": { \"r\": 1, \"chunkSize\": 2, \"r\": 1 } }", "Duplicate property 'r'")]
    [InlineData("{ \"learningRate\": NaN }", "")]
    [InlineData("{ \"learningRate\": 0,001 }", "")]
    [InlineData("[1]", "The JSON is not an object")]
    [InlineData("{ \"epoch\": ", "")]
    public void What_does_not_fit_is_refused_by_name(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => TlbTrainer.Options.FromJson(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_may_be_null_may_be_null_in_JSON()
    {
        const string json = """{ "earlyStopping": null, "classWeights": null, "microBatchSize": null, "network": null, "checkpointFolder": null, "checkpointInterval": null, "validationFraction": null, "augmentation": { "colorJitter": null } }""";
        Assert.Equal(new TlbTrainer.Options().ToJson(), TlbTrainer.Options.FromJson(json).ToJson());
    }

    /// <summary>In a language that writes 0,5 for a half.</summary>
    [Fact]
    public void Numbers_are_read_and_written_whatever_the_language()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator, german.NumberFormat.NegativeSign) = (",", ".", "~");
            CultureInfo.CurrentCulture = german;
            var options = TlbTrainer.Options.FromJson("""{ "learningRate": 0.5, "validationFraction": 0.25, "classWeights": [1.5, 2], "checkpointInterval": "00:00:01.5", "device": "cuda:2" }""");
            Assert.Equal((0.5f, 0.25, TimeSpan.FromSeconds(1.5), ComputeDevice.Cuda(2)), (options.LearningRate, options.ValidationFraction, options.CheckpointInterval, options.Device));
            Assert.Equal([1.5f, 2], options.ClassWeights!);
            Assert.Contains("\"learningRate\": 0.5", options.ToJson(), StringComparison.Ordinal);
            options.LearningRate = -0.5f;
            Assert.Equal(["Options.LearningRate is -0.5; expected a number above 0."], options.Validate());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
