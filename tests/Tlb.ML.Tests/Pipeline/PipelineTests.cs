using Microsoft.ML.Runtime;
using Tlb.Core;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class PipelineTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_pipeline_learns_and_names_what_it_sees()
    {
        var model = Pipeline(_ml, Options).Fit(View(Rows(90)));
        var scored = model.Transform(View(Rows(60, seed: 2)));
        var metrics = _ml.MulticlassClassification.Evaluate(scored);
        Assert.Equal(1, metrics.MicroAccuracy);
        Assert.Contains("middle", metrics.ConfusionMatrix.GetFormattedConfusionTable(), StringComparison.Ordinal);

        var predictions = _ml.Data.CreateEnumerable<Prediction>(scored, reuseRowObject: false).ToList();
        Assert.Equal(Rows(60, seed: 2).Select(row => row.Label), predictions.Select(prediction => prediction.PredictedLabel));
        Assert.All(predictions, prediction => Assert.Equal(1, prediction.Score.Sum(), 5));
    }

    [Fact]
    public void A_prediction_engine_gives_what_Transform_gives()
    {
        var model = Pipeline(_ml, Options).Fit(View(Rows(30)));
        var expected = _ml.Data.CreateEnumerable<Prediction>(model.Transform(View(Rows(9, seed: 2))), reuseRowObject: false).ToList();
        using var engine = _ml.Model.CreatePredictionEngine<ImageRow, Prediction>(model);
        var actual = Rows(9, seed: 2).ConvertAll(engine.Predict);
        Assert.Equal(expected.Select(prediction => prediction.Score), actual.Select(prediction => prediction.Score));
        Assert.Equal(expected.Select(prediction => prediction.PredictedLabel), actual.Select(prediction => prediction.PredictedLabel));
    }

    [Fact]
    public void Cross_validation_trains_every_fold_anew()
    {
        var results = _ml.MulticlassClassification.CrossValidate(View(Rows(90)), Pipeline(_ml, Options), numberOfFolds: 3);
        Assert.Equal(3, results.Count);
        Assert.All(results, result => Assert.True(result.Metrics.MicroAccuracy > 0.9, $"accuracy {result.Metrics.MicroAccuracy}"));
    }

    [Fact]
    public void The_contexts_seed_decides_the_weights()
    {
        Assert.Equal(Weights(seed: 1), Weights(seed: 1));
        Assert.NotEqual(Weights(seed: 1), Weights(seed: 2));

        static float[] Weights(int seed)
        {
            var ml = new MLContext(seed);
            var view = ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(Rows(12))).Transform(ml.Data.LoadFromEnumerable(Rows(12)));
            return ml.MulticlassClassification.Trainers.Tlb(Options).Fit(view).Model.Weights.Values;
        }
    }

    [Fact]
    public void A_second_Fit_starts_anew()
    {
        var keyed = Keyed(Rows(12));
        var trainer = _ml.MulticlassClassification.Trainers.Tlb(Options);
        Assert.Equal(trainer.Fit(keyed).Model.Weights.Values, trainer.Fit(keyed).Model.Weights.Values);
    }

    [Fact]
    public void Classes_are_the_keys_values_also_those_that_no_row_has()
    {
        var all = _ml.Data.LoadFromEnumerable(new[] { "left", "middle", "right", "nowhere" }.Select(label => new { Label = label }));
        var map = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: all);
        var model = _ml.MulticlassClassification.Trainers.Tlb(Options).Fit(map.Fit(View(Rows(12))).Transform(View(Rows(12))));
        Assert.Equal(["left", "middle", "right", "nowhere"], model.Model.ClassNames);
        Assert.Equal(4, model.Model.Network.NumberOfClasses);
    }

    [Fact]
    public void Progress_goes_to_the_log_and_to_the_callback()
    {
        var (messages, ends) = (new List<string>(), new List<TrainingProgress>());
        _ml.Log += (_, e) => { if (e.Source.Contains("TlbTrainer", StringComparison.Ordinal) && e.Kind == ChannelMessageKind.Info) messages.Add(e.RawMessage); };
        var options = Options;
        options.Epoch = 3;
        options.ValidationSet = Keyed(Rows(7, seed: 2));
        options.MetricsCallback = progress => { if (progress.IsEndOfEpoch) ends.Add(progress); };
        _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(20)));

        Assert.Equal([1, 2, 3], ends.Select(end => end.Epoch));
        Assert.All(ends, end => Assert.Equal((20, 7), (end.Training.Count, end.Validation?.Count)));
        Assert.StartsWith("vector kernels (", messages[0], StringComparison.Ordinal);
        Assert.Contains("4,755 parameters, 20 images of 8x8 pixels in 3 classes", messages[0], StringComparison.Ordinal);
        Assert.Equal(3, messages.Count(message => message.StartsWith("Epoch ", StringComparison.Ordinal)));
        Assert.Matches(@"^Epoch 3 of 3: training loss \d\.\d{4}, accuracy [\d.]+ %, validation loss \d\.\d{4}, accuracy [\d.]+ %( \(best\))?, learning rate 0\.01 \(\d+ images/s\)\.$", messages[^1]);
    }

    [Fact]
    public void Training_and_scoring_take_the_precision_that_was_asked_for()
    {
        var messages = new List<string>();
        _ml.Log += (_, e) => messages.Add(e.RawMessage);
        var options = Options;
        (options.Epoch, options.Precision) = (1, Precision.BFloat16);
        var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(12)));
        Assert.Contains(messages, message => message.StartsWith("TorchSharp on cpu, training in BFloat16", StringComparison.Ordinal));
        Assert.Contains("BFloat16", model.Model.History.Engine, StringComparison.Ordinal);

        var exact = model.Transform(Keyed(Rows(6))).GetColumn<float[]>("Score").SelectMany(score => score).ToArray();
        model.Precision = Precision.BFloat16;
        var rounded = model.Transform(Keyed(Rows(6))).GetColumn<float[]>("Score").SelectMany(score => score).ToArray();
        Assert.NotEqual(exact, rounded);
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, 0.05f)); // 8 bits of precision, a few roundings on the way
    }

    [Fact]
    public void A_trained_model_scores_where_it_was_trained()
    {
        var ml = new MLContext(seed: 1) { GpuDeviceId = 0, FallbackToCpu = false };          // no such device here
        var options = Options;
        (options.Epoch, options.Device) = (1, ComputeDevice.Cpu);
        var model = ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(12)));
        Assert.Equal(6, model.Transform(Keyed(Rows(6))).GetColumn<float[]>("Score").Count());
        model.Device = ComputeDevice.Auto;
        Assert.Throws<InvalidOperationException>(() => model.Transform(Keyed(Rows(6))).GetColumn<float[]>("Score").Count());
    }

    [Fact]
    public void Weights_can_be_brought_in()
    {
        var path = Path.GetTempFileName();
        try
        {
            var weights = NetworkWeights.Initialize(TlbConfig.Tiny with { NumberOfClasses = 3 }, seed: 99);
            weights.Save(path);
            var options = Options;
            (options.InitialWeightsFile, options.Epoch) = (path, 0);
            Assert.Equal(weights.Values, _ml.MulticlassClassification.Trainers.Tlb(options).Fit(Keyed(Rows(6))).Model.Weights.Values);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Named_arguments_and_options_have_the_same_defaults()
    {
        var options = new TlbTrainer.Options();
        Assert.Equal(("Label", "Features", "Score", "PredictedLabel"), (options.LabelColumnName, options.FeatureColumnName, options.ScoreColumnName, options.PredictedLabelColumnName));
        Assert.Null(options.Network);
        var method = typeof(TlbCatalog).GetMethods().Single(method => method.Name == "Tlb" && method.GetParameters().Length > 2);
        foreach (var parameter in method.GetParameters().Skip(1).Where(parameter => parameter.DefaultValue is not null))
        {
            var property = typeof(TlbTrainer.Options).GetProperties().Single(p => p.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase));
            Assert.Equal(property.GetValue(options), parameter.DefaultValue);
        }
    }

    private IDataView View(IEnumerable<ImageRow> rows) => _ml.Data.LoadFromEnumerable(rows);

    private IDataView Keyed(IEnumerable<ImageRow> rows)
    {
        var view = View(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(View(Rows(3))).Transform(view);
    }
}
