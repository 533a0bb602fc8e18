using Tlb.Core;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class InputKindTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>The same pictures give the same weights, whichever way they come.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pixel_vectors_train_as_the_images_do(bool interleave)
    {
        var images = Train(Options, extraction: null);
        var vectors = Train(Options, _ml.Transforms.ExtractPixels("Image", interleavePixelColors: interleave));
        Assert.Equal(images.Model.Weights.Values, vectors.Model.Weights.Values);
        Assert.Equal(PixelType.Byte, vectors.Model.ImageLayout.PixelType);
        Assert.Equal(1f / 255, vectors.Model.ImageLayout.Scale);
    }

    [Fact]
    public void Scaled_vectors_are_taken_as_they_are()
    {
        var scaled = Train(Options, _ml.Transforms.ExtractPixels("Image", scaleImage: 1f / 255));
        Assert.Equal(1, scaled.Model.ImageLayout.Scale);
        Assert.Equal(Train(Options, extraction: null).Model.Weights.Values, scaled.Model.Weights.Values);
    }

    [Fact]
    public void Vectors_score_as_the_images_do()
    {
        var extraction = _ml.Transforms.ExtractPixels("Image", interleavePixelColors: true);
        var view = Keyed(Rows(6));
        var (images, vectors) = (Train(Options, null).Transform(view), Train(Options, extraction).Transform(extraction.Fit(view).Transform(view)));
        Assert.Equal(images.GetColumn<float[]>("Score"), vectors.GetColumn<float[]>("Score"));
    }

    [Fact]
    public void A_plain_vector_is_planar_and_square()
    {
        var rows = Rows(12);
        var planar = rows.ConvertAll(row => new VectorRow { Label = row.Label, Image = Planes(row.Image!) });
        var weights = _ml.MulticlassClassification.Trainers.Tlb(Options).Fit(Keys().Transform(_ml.Data.LoadFromEnumerable(planar))).Model.Weights.Values;
        Assert.Equal(_ml.MulticlassClassification.Trainers.Tlb(Options).Fit(Keys().Transform(_ml.Data.LoadFromEnumerable(rows))).Model.Weights.Values, weights);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(12)]
    public void Images_of_another_size_than_the_network_are_resized(int imageSize)
    {
        var options = Options;
        options.Network = options.Network! with { ImageSize = imageSize, ChunkSize = 1 };
        var model = Train(options, extraction: null);
        Assert.Equal((Size, Size), (model.Model.ImageLayout.Height, model.Model.ImageLayout.Width));
        Assert.All(model.Transform(Keyed(Rows(3))).GetColumn<float[]>("Score"), score => Assert.Equal(1, score.Sum(), 5));
    }

    [Fact]
    public void A_key_without_names_is_a_label_too()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows(12).Select(row => new KeyRow { Label = (uint)Array.IndexOf(Labels, row.Label), Image = row.Image }));
        var (options, trained) = (Options, 0L);                              // a plain object's keys count from 0
        options.MetricsCallback = progress => trained = progress.Training.Count;
        var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(view);
        Assert.Equal(12, trained);
        Assert.Equal(3, model.Model.Network.NumberOfClasses);
        Assert.Empty(model.Model.ClassNames);
        var scored = model.Transform(view);
        Assert.Equal(scored.GetColumn<float[]>("Score").Select(score => (uint)Array.IndexOf(score, score.Max()) + 1), scored.GetColumn<uint>("PredictedLabel"));
    }

    [Fact]
    public void Rows_without_a_label_are_left_out()
    {
        var rows = Rows(12).Append(new ImageRow { Label = "unknown", Image = Rows(1)[0].Image });
        Assert.Equal(
            Train(Options, null).Model.Weights.Values,
            _ml.MulticlassClassification.Trainers.Tlb(Options).Fit(Keyed([.. rows])).Model.Weights.Values);
    }

    [Theory]
    [InlineData("left,right,middle", "has 'right' as class 2; the training data's has 'middle'.")]
    [InlineData("left,middle", "has 2 classes; the training data's has 3.")]
    public void A_validation_set_with_keys_of_other_classes_is_refused(string classes, string difference)
    {
        var other = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(classes.Split(',').Select(name => new ImageRow { Label = name })));
        var options = Options;
        options.ValidationSet = other.Transform(_ml.Data.LoadFromEnumerable(Rows(6)));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Train(options, null));
        Assert.Contains($"Label column 'Label' of the ValidationSet {difference} Make the keys of both with one fitted MapValueToKey.", error.Message, StringComparison.Ordinal);
    }

    private TlbTransformer Train(TlbTrainer.Options options, IEstimator<ITransformer>? extraction)
    {
        var view = Keyed(Rows(12));
        return _ml.MulticlassClassification.Trainers.Tlb(options).Fit(extraction?.Fit(view).Transform(view) ?? view);
    }

    private ITransformer Keys() => _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3)));

    private IDataView Keyed(List<ImageRow> rows) => Keys().Transform(_ml.Data.LoadFromEnumerable(rows));

    private static float[] Planes(MLImage image)
    {
        var pixels = image.Pixels.ToArray();
        return [.. Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, Size * Size).Select(i => (float)pixels[4 * i + c]))];
    }

    private sealed class VectorRow
    {
        public string Label { get; set; } = "";

        [VectorType(3 * Size * Size)]
        public float[] Image { get; set; } = [];
    }

    private sealed class KeyRow
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [Microsoft.ML.Transforms.Image.ImageType(Size, Size)]
        public MLImage? Image { get; set; }
    }
}
