using Tlb.Core;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Bad input: what was found, what was expected and what to do, before any work is done.</summary>
public sealed class BadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_label_that_is_no_key()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows(6));
        var expected = "Schema mismatch for label column 'Label': expected a key, got String. MapValueToKey makes keys of other values.";
        Assert.StartsWith(expected, Assert.Throws<ArgumentOutOfRangeException>(() => Trainer().Fit(view)).Message.Replace("schema (Parameter", "(Parameter", StringComparison.Ordinal), StringComparison.Ordinal);
        // A chain finds it before any stage has read data.
        var chain = _ml.Transforms.CopyColumns("Other", "Name").Append(Trainer());
        Assert.Contains("label column 'Label': expected a key", Assert.ThrowsAny<Exception>(() => chain.Fit(view)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_column()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Trainer(options => options.FeatureColumnName = "Picture").Fit(Keyed(Rows(6))));
        Assert.StartsWith("Could not find the feature column 'Picture'. The columns are: Label, Image, Name.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => Trainer(options => options.LabelColumnName = "Class").Fit(Keyed(Rows(6))));
        Assert.StartsWith("Could not find the label column 'Class'.", error.Message, StringComparison.Ordinal);
        var model = Trainer().Fit(Keyed(Rows(6)));
        Assert.Contains("'Image'", Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(_ml.Data.LoadFromEnumerable([new { Name = "x" }]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_feature_that_holds_no_images()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Trainer(options => options.FeatureColumnName = "Name").Fit(Keyed(Rows(6))));
        Assert.StartsWith("Schema mismatch for feature column 'Name': expected an image column (DecodeImages or LoadImages, ResizeImages) or a float vector of a known size (ExtractPixels) with three colours, got String.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_only()
    {
        var oneKey = Rows(6);
        oneKey.ForEach(row => row.Label = "left");
        var view = _ml.Data.LoadFromEnumerable(oneKey);
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        Assert.StartsWith("Label column 'Label' has 1 class; expected 2 to 100000.", Assert.Throws<ArgumentOutOfRangeException>(() => Trainer().Fit(keyed)).Message, StringComparison.Ordinal);
        Assert.Equal("All 6 images are of one class; a classifier needs images of two or more.", Assert.Throws<InvalidDataException>(() => Trainer().Fit(Keyed(oneKey))).Message);
    }

    [Fact]
    public void No_rows() =>
        Assert.Equal("The data hold no labelled image that can be read.", Assert.Throws<InvalidDataException>(() => Trainer().Fit(Keyed([]))).Message);

    [Fact]
    public void Images_of_several_sizes_ask_for_a_ResizeImages_stage()
    {
        using var folder = new TempFolder();
        Write(folder.Path, 3);
        Write(folder.Path, 1, size: 12, seed: 2);                            // replaces left/0000.jpg
        var error = Assert.Throws<InvalidDataException>(() => FolderPipeline(folder).Fit(_ml.Data.LoadFromEnumerable(ImageFolder.Read(folder.Path))));
        Assert.Contains("pixels, those before it are 12x12. Images of several sizes need a ResizeImages stage before the trainer, such as ResizeImages(\"Image\", 8, 8).", error.Message, StringComparison.Ordinal);
        Assert.Contains("middle", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scoring_an_image_of_another_size_than_the_model_was_trained_on()
    {
        using var folder = new TempFolder();
        Write(folder["train"], 6);
        Write(folder["other"], 3, size: 12);
        var model = FolderPipeline(folder).Fit(View(folder["train"]));
        var error = Assert.Throws<InvalidDataException>(() => model.Transform(View(folder["other"])).GetColumn<float[]>("Score").Count());
        Assert.Contains("the image is 12x12 pixels; the model was trained on 8x8.", error.Message, StringComparison.Ordinal);
        Assert.Contains("0000.jpg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreadable_image_is_named_and_can_be_left_out()
    {
        using var folder = new TempFolder();
        Write(folder.Path, 12);
        var rows = View(folder.Path);
        File.WriteAllText(folder["middle/0001.jpg"], "not an image");        // after the folder was checked
        var error = Assert.Throws<InvalidDataException>(() => FolderPipeline(folder).Fit(rows));
        Assert.Matches("^Row \\d+ \\(.*middle/0001.jpg\".*\\): the image can't be read: its content is damaged, or of a format that can't be decoded. ", error.Message);

        var reported = new List<BadImage>();
        var options = Options;
        options.BadImageCallback = reported.Add;
        var model = FolderPipeline(folder, options).Fit(rows);
        Assert.Contains("middle/0001.jpg", Assert.Single(reported).Where, StringComparison.Ordinal);

        var scored = model.Transform(rows);                                  // the callback of the training is the transformer's too
        reported.Clear();
        var scores = scored.GetColumn<float[]>("Score").ToList();
        Assert.Equal(12, scores.Count);
        Assert.Contains("middle/0001.jpg", Assert.Single(reported).Where, StringComparison.Ordinal);
        Assert.Single(scores, score => Array.TrueForAll(score, float.IsNaN));
        Assert.Equal(1, scored.GetColumn<uint>("PredictedLabel").Count(key => key == 0));
        Assert.Equal(11, _ml.MulticlassClassification.Evaluate(scored).ConfusionMatrix.Counts.Sum(row => row.Sum()));
        Assert.Equal(11, model.OfType<TlbTransformer>().Single().Explain(scored).Count());

        model.OfType<TlbTransformer>().Single().BadImageCallback = null;
        Assert.Throws<InvalidDataException>(() => scored.GetColumn<float[]>("Score").Count());
        Assert.Throws<InvalidDataException>(() => model.OfType<TlbTransformer>().Single().Explain(scored).Count());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Pixels_that_are_no_numbers(float value)
    {
        var rows = Enumerable.Range(0, 4).Select(i => new VectorRow { Label = Labels[i % 2], Image = [.. Enumerable.Repeat(i == 2 ? value : 0.5f, 3 * Size * Size)] }).ToList();
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(rows));
        var error = Assert.Throws<InvalidDataException>(() => Trainer().Fit(keys.Transform(_ml.Data.LoadFromEnumerable(rows))));
        Assert.Equal($"Row 2 (): the image can't be read: a pixel value is {value}; expected a finite number. Set BadImageCallback to leave such images out.".Replace(" ()", "", StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void All_option_problems_come_in_one_message()
    {
        var options = new TlbTrainer.Options
        {
            Epoch = -1, BatchSize = 0, LearningRate = 0, WeightDecay = -1, LabelColumnName = "", PredictedLabelColumnName = "Score",
            InitialWeightsFile = "no such file", Network = new() { ImageSize = 50, R = 0 },
        };
        var message = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.Tlb(options)).Message;
        Assert.Equal(
            "TlbTrainer.Options can't be used as it stands: Options.Epoch is -1; expected 0 or more. Options.BatchSize is 0; expected 1 or more. " +
            "Options.LearningRate is 0; expected a number above 0. Options.WeightDecay is -1; expected 0 or more. " +
            "Options.LabelColumnName is empty; expected a column's name. Options.PredictedLabelColumnName is 'Score', as ScoreColumnName is; expected two names. " +
            "Options.Network.R is 0; expected 1 to 1024. Options.Network.ImageSize is 50; expected a multiple of PatchSize, 4; image sizes that would work: 32, 48, 64, 80. " +
            "Options.InitialWeightsFile is 'no such file'; expected a file that exists, or null.",
            message);
    }

    [Fact]
    public void An_image_size_that_chunks_do_not_fit_names_sizes_that_would()
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.Tlb(network: new TlbConfig { ImageSize = 50 }));
        Assert.Contains("image sizes that would work: 32, 48, 64, 80.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_in_mid_epoch_throws_and_keeps_nothing()
    {
        using var source = new CancellationTokenSource();
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var trainer = Trainer(options =>
        {
            options.Epoch = 1000;
            options.CancellationToken = source.Token;
            options.MetricsCallback = progress => { if (progress.Epoch == 2) source.Cancel(); };
        });
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(Keyed(Rows(12))));
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private TlbTrainer Trainer(Action<TlbTrainer.Options>? change = null)
    {
        var options = Options;
        change?.Invoke(options);
        return _ml.MulticlassClassification.Trainers.Tlb(options);
    }

    private IDataView Keyed(List<ImageRow> rows)
    {
        var map = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3)));
        return map.Transform(_ml.Data.LoadFromEnumerable(rows));
    }

    private IDataView View(string folder) => _ml.Data.LoadFromEnumerable(
        ImageFolder.Read(folder).Select(file => new ImageFile { Label = file.Label, ImagePath = Path.Combine(folder, file.ImagePath) }).ToList());

    private EstimatorChain<TlbTransformer> FolderPipeline(TempFolder folder, TlbTrainer.Options? options = null) => _ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(_ml.Transforms.LoadImages("Image", folder.Path, "ImagePath"))
        .Append(_ml.MulticlassClassification.Trainers.Tlb(options ?? Options));

    private sealed class VectorRow
    {
        public string Label { get; set; } = "";

        [VectorType(3, Size, Size)]
        public float[] Image { get; set; } = [];
    }
}
