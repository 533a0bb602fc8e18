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
        model.AverageMirrorImages = true;
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
        model.AverageMirrorImages = false;
        Assert.Equal(scores, Scores(model, plain));
    }

    [Fact]
    public void The_program_does_so_when_asked()
    {
        Write(_folder["data"], 12);
        Assert.Equal(0, ImageClassifierProgram.Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "2", .. ImageClassifierProgram.PlainTiny, "--learning-rate", "0.01", "--validation", _folder["data"]]).Status);
        var loaded = _ml.Model.Load(_folder["model.zip"], out _);
        ((IEnumerable<ITransformer>)loaded).OfType<TlbTransformer>().Single().AverageMirrorImages = true;
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
