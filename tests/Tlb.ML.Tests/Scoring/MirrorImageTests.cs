using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Scores that are means with those of mirror images.</summary>
public sealed class MirrorImageTests : IDisposable
{
    private const int Width = 10;
    private const int Height = 6;

    private readonly TempFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scores_are_the_mean_of_a_picture_and_its_mirror_image(bool areBytes)
    {
        var random = new Random(1);
        var images = Enumerable.Range(0, 9).Select(i => Enumerable.Range(0, Height * Width * TlbConfig.Channels).Select(_ => areBytes ? random.Next(256) : random.NextSingle()).ToArray()).ToList();
        var (plain, mirrored) = (Rows(images), Rows(images.ConvertAll(Mirror)));
        using var model = Train(plain);
        var (scores, others) = (Scores(model, plain), Scores(model, mirrored));
        model.Model.AverageMirrorImages = true;
        var means = Scores(model, plain);
        for (var i = 0; i < images.Count; i++)
        {
            Assert.NotEqual(scores[i], others[i]);
            Assert.Equal(scores[i].Zip(others[i], (a, b) => (a + b) / 2), means[i]);
        }
        var labels = model.Transform(plain).GetColumn<uint>("PredictedLabel").ToList();
        Assert.Equal(means.Select(score => (uint)Array.IndexOf(score, score.Max()) + 1), labels);
        var engine = _ml.Model.CreatePredictionEngine<Row, Scored>(model);   // row by row
        Assert.Equal(means[0], engine.Predict(new() { Features = images[0], Label = 1 }).Score);
        model.Model.AverageMirrorImages = false;
        Assert.Equal(scores, Scores(model, plain));
    }

    [Fact]
    public void A_zip_says_so()
    {
        var rows = Rows([.. Enumerable.Range(0, 6).Select(i => Enumerable.Range(0, Height * Width * TlbConfig.Channels).Select(j => (i * 31 + j * 7) % 11 / 11f).ToArray())]);
        using var model = Train(rows);
        var plain = Scores(model, rows);
        model.Model.AverageMirrorImages = true;
        var means = Scores(model, rows);
        Assert.NotEqual(plain, means);
        _ml.Model.Save(model, rows.Schema, _folder["model.zip"]);
        var loaded = (TlbTransformer)_ml.Model.Load(_folder["model.zip"], out _);
        Assert.Equal(means, Scores(loaded, rows));
        Assert.Contains("mirror image", loaded.Model.GetSummary(), StringComparison.Ordinal);
        Assert.Equal(means[0], loaded.Explain(rows).First().Score);
    }

    [Theory]
    [InlineData(Recipe.Long, 0.5f, true)]
    [InlineData(Recipe.Long, 0f, false)]
    [InlineData(Recipe.Standard, 0.5f, false)]
    public void A_long_recipe_asks_for_it_where_training_mirrors(Recipe recipe, float flip, bool expected)
    {
        var options = new TlbTrainer.Options(recipe) { Epoch = 1, Network = TlbConfig.Tiny };
        options.Augmentation.HorizontalFlip = flip;
        var rows = Rows([.. Enumerable.Range(0, 3).Select(_ => new float[Height * Width * TlbConfig.Channels])]);
        using var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(rows);
        Assert.Equal(expected, model.Model.AverageMirrorImages);
    }

    [Fact]
    public void The_program_trains_a_model_that_does_so()
    {
        Write(_folder["data"], 12);
        string[] train = ["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--network", "Tiny", "--epochs", "1", "--validation", _folder["data"], "--mirror"];
        Assert.Equal(0, ImageClassifierProgram.Run(train).Status);
        var (asTrained, plain, mirrored) = (Scored(), Scored("--mirror", "false"), Scored("--mirror"));
        Assert.Equal(mirrored, asTrained);
        Assert.NotEqual(plain, asTrained);

        string Scored(params string[] more)
        {
            var (status, output) = ImageClassifierProgram.Run(["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["scores.csv"], .. more]);
            Assert.True(status == 0, output);
            return File.ReadAllText(_folder["scores.csv"]);
        }
    }

    [Fact]
    public void The_program_does_so_when_asked()
    {
        Write(_folder["data"], 12);
        Assert.Equal(0, ImageClassifierProgram.Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "2", .. ImageClassifierProgram.PlainTiny, "--learning-rate", "0.01", "--validation", _folder["data"]]).Status);
        var loaded = _ml.Model.Load(_folder["model.zip"], out _);
        ((IEnumerable<ITransformer>)loaded).OfType<TlbTransformer>().Single().Model.AverageMirrorImages = true;
        var (status, output) = ImageClassifierProgram.Run(["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["scores.csv"], "--mirror"]);
        Assert.True(status == 0, output);
        var lines = File.ReadAllLines(_folder["scores.csv"])[1..].Select(line => line.Split(',')).ToList();
        var expected = loaded.Transform(_ml.Data.LoadFromEnumerable(lines.ConvertAll(cells => new ImageFile { ImagePath = cells[0] }))).GetColumn<float[]>("Score").ToList();
        Assert.Equal(expected, lines.Select(cells => cells[2..].Select(cell => float.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray()));
    }

    private static float[] Mirror(float[] image)
    {
        var mirrored = new float[image.Length];
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
                for (var c = 0; c < TlbConfig.Channels; c++)
                    mirrored[(y * Width + x) * TlbConfig.Channels + c] = image[(y * Width + Width - 1 - x) * TlbConfig.Channels + c];
        return mirrored;
    }

    private IDataView Rows(IEnumerable<float[]> images) => _ml.Data.LoadFromEnumerable(images.Select((image, i) => new Row { Features = image, Label = (uint)(i % 3) + 1 }).ToList());

    private TlbTransformer Train(IDataView rows)
    {
        var options = Options;
        (options.FeatureColumnName, options.Epoch, options.Network) = ("Features", 2, TlbConfig.Tiny);
        return _ml.MulticlassClassification.Trainers.Tlb(options).Fit(rows);
    }

    private static List<float[]> Scores(TlbTransformer model, IDataView rows) => [.. model.Transform(rows).GetColumn<float[]>("Score")];

    private sealed class Row
    {
        [VectorType(Height, Width, TlbConfig.Channels)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }
}
