using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Which engine computes, and that it says so in the log.</summary>
public sealed class EngineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_log_names_the_engine_of_a_training_and_of_a_loaded_model()
    {
        var (ml, log) = Logged();
        Save(ml);
        Assert.Contains(log, line => line.Contains("vector kernels", StringComparison.Ordinal) && line.Contains("12 images of 8x8 pixels in 3 classes", StringComparison.Ordinal));

        var (other, otherLog) = Logged();
        other.Model.Load(_folder["model.zip"], out _);
        Assert.Single(otherLog, line => line.Contains("Scores are computed by vector kernels (", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_device_that_was_asked_for_a_model_opens_and_says_why_it_can_not_score()
    {
        Save(new MLContext(seed: 1));
        var (ml, log) = Logged();
        (ml.GpuDeviceId, ml.FallbackToCpu) = (9, false);
        var model = ml.Model.Load(_folder["model.zip"], out _);
        Assert.Contains(log, line => line.Contains("The model can't score: ", StringComparison.Ordinal));
        using var engine = ml.Model.CreatePredictionEngine<ImageRow, Prediction>(model);
        Assert.Contains("Set MLContext.FallbackToCpu", Assert.Throws<InvalidOperationException>(() => engine.Predict(Rows(1)[0])).Message, StringComparison.Ordinal);

        var (fallback, fallbackLog) = Logged();
        (fallback.GpuDeviceId, fallback.FallbackToCpu) = (9, true);
        using var cpu = fallback.Model.CreatePredictionEngine<ImageRow, Prediction>(fallback.Model.Load(_folder["model.zip"], out _));
        Assert.Contains(fallbackLog, line => line.Contains("Scores are computed by vector kernels (", StringComparison.Ordinal));
        Assert.Contains(cpu.Predict(Rows(1)[0]).PredictedLabel, Labels);
    }

    private static (MLContext Context, List<string> Log) Logged()
    {
        var (ml, log) = (new MLContext(seed: 1), new List<string>());
        ml.Log += (_, message) => log.Add(message.Message);
        return (ml, log);
    }

    private void Save(MLContext ml)
    {
        var rows = ml.Data.LoadFromEnumerable(Rows(12));
        var options = Options;
        options.Epoch = 1;
        ml.Model.Save(Pipeline(ml, options).Fit(rows), rows.Schema, _folder["model.zip"]);
    }
}
