using System.Globalization;

namespace Tlb.Core.Tests;

public sealed class TrainingHistoryTests
{
    private static readonly TrainingHistory History = new()
    {
        Engine = "an abacus",
        Epochs =
        [
            new()
            {
                Epoch = 1, TrainingLoss = 2.1, TrainingAccuracy = 1 / 3.0, ValidationLoss = 1.9, ValidationAccuracy = 0.35, ValidationTop5Accuracy = 0.8,
                ValidationMacroAccuracy = 0.3, LearningRate = 0.001f, ImagesPerSecond = 1234.5, Elapsed = TimeSpan.FromTicks(123_456_789), IsBest = true,
            },
            new()
            {
                Epoch = 2, TrainingLoss = double.NaN, TrainingAccuracy = 0.1 + 0.2, ValidationLoss = double.PositiveInfinity, LearningRate = 1e-7f,
                ImagesPerSecond = 1e6, Elapsed = TimeSpan.FromDays(1.5),
            },
        ],
    };

    [Fact]
    public void Json_gives_back_exactly_the_same()
    {
        Assert.Equal(History.Epochs, TrainingHistory.FromJson(History.ToJson()).Epochs);
        Assert.Equal("an abacus", TrainingHistory.FromJson(History.ToJson()).Engine);
        Assert.Empty(TrainingHistory.FromJson(new TrainingHistory { Epochs = [] }.ToJson()).Epochs);
    }

    [Fact]
    public void Json_of_a_later_version_can_be_read() => Assert.Equal(
        History.Epochs,
        TrainingHistory.FromJson(History.ToJson().Replace("\"Epoch\": 1,", "\"Epoch\": 1, \"Perplexity\": 3,", StringComparison.Ordinal)).Epochs);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "Epochs": null }""")]
    [InlineData("""{ "Epochs": [null] }""")]
    [InlineData("""{ "Epochs": [{ "Epoch": 1 }] }""")]
    public void Other_json_is_refused(string json) => Assert.Throws<FormatException>(() => TrainingHistory.FromJson(json));

    [Fact]
    public void Best_is_the_last_epoch_whose_weights_were_kept()
    {
        Assert.Equal(History.Epochs[0], History.Best);
        Assert.Equal(2, new TrainingHistory { Epochs = [History.Epochs[0], History.Epochs[1] with { IsBest = true }] }.Best?.Epoch);
        Assert.Null(new TrainingHistory { Epochs = [History.Epochs[1]] }.Best);
    }

    [Fact]
    public void The_list_is_a_copy()
    {
        var epochs = new List<EpochRecord>(History.Epochs);
        var history = new TrainingHistory { Epochs = epochs };
        epochs.Clear();
        Assert.Equal(2, history.Epochs.Count);
        Assert.Throws<ArgumentException>(() => new TrainingHistory { Epochs = [null!] });
    }

    [Fact]
    public void Csv_has_points_in_numbers_whatever_the_culture()
    {
        const string expected =
            "epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,validation_top5_accuracy,validation_macro_accuracy," +
            "learning_rate,images_per_second,elapsed_seconds,is_best\n" +
            "1,2.1,0.3333333333333333,1.9,0.35,0.8,0.3,0.001,1234.5,12.3456789,true\n" +
            "2,NaN,0.30000000000000004,Infinity,,,,1E-07,1000000,129600,false\n";
        var culture = CultureInfo.CurrentCulture;
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            CultureInfo.CurrentCulture = new("de-DE");
            using var writer = new StringWriter();
            History.WriteCsv(writer);
            Assert.Equal(expected, writer.ToString());
            History.WriteCsv(path);
            Assert.Equal(expected, File.ReadAllText(path));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
            File.Delete(path);
        }
    }
}
