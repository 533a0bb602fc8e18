using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Explaining images through the transformer. The maps themselves are held against Keras's where the engines are tested.</summary>
public sealed class ExplainTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Explanations_have_the_scores_of_scoring()
    {
        var model = Train();
        var rows = Rows(9, seed: 2);
        var scored = model.Transform(Keyed(rows));
        var explanations = model.Explain(scored).ToList();
        Assert.Equal(9, explanations.Count);
        foreach (var (explanation, score) in explanations.Zip(scored.GetColumn<float[]>("Score")))
        {
            Close.Absolute(score, [.. explanation.Score], 1e-6);             // a batch and an image alone may be added up in another order
            Assert.Equal(explanation.Score.Max(), explanation.Probability);
            Assert.Equal(Labels[Array.IndexOf(score, score.Max())], explanation.PredictedLabel);
        }
        foreach (var (explanation, row) in explanations.Zip(rows))
        {
            var alone = model.Explain(row.Image!);
            Assert.Equal(explanation.Score, alone.Score);
            Assert.Equal(explanation.Attention.Values, alone.Attention.Values);
            Assert.Equal(explanation.Attention.Values, Assert.Single(alone.StateAttention).Values); // the Keras example's state vectors are all equal
            Assert.Equal(Size, row.Image!.Height);                           // not disposed
        }
        Assert.NotEqual(explanations[0].Attention.Values, explanations[1].Attention.Values);
    }

    [Fact]
    public void State_vectors_of_the_papers_form_have_maps_of_their_own()
    {
        var config = TlbConfig.Tiny with { Form = TlbForm.Paper, NumberOfLayers = 3, NumberOfStates = 3 };
        var explanation = Train(network: config).Explain(Rows(1)[0].Image!);
        var maps = explanation.StateAttention;
        Assert.Equal(3, maps.Count);
        Assert.All(maps, map => Assert.All(map.Values.Chunk(config.ChunkSize), chunk => Assert.Equal(1, chunk.Sum(), 1e-6f)));
        Assert.Equal(3, maps.Select(map => map.Values[0]).Distinct().Count());
        Assert.Equal(explanation.Attention.Values, explanation.Attention.Values.Select((_, place) => maps.Max(map => map.Values[place]))); // there is one head
    }

    [Fact]
    public void Colours_go_from_black_to_light_yellow()
    {
        Assert.Equal((0, 0, 4), Inferno.Color(0));
        Assert.Equal((207, 68, 70), Inferno.Color(5 / 9f));
        Assert.Equal((252, 255, 164), Inferno.Color(1));
        Assert.Equal(Inferno.Color(0), Inferno.Color(-0.1f));
        Assert.Equal(Inferno.Color(0), Inferno.Color(float.NaN));
        Assert.Equal(Inferno.Color(1), Inferno.Color(float.PositiveInfinity));
    }

    [Fact]
    public void The_overlay_shows_the_map_over_the_picture()
    {
        var image = Rows(1)[0].Image!;
        var explanation = Train().Explain(image);
        var map = explanation.Attention.Resize(Size, Size);
        var (most, least) = (Array.IndexOf(map, map.Max()), Array.IndexOf(map, map.Min()));
        var source = Pixels(image);

        Assert.Equal(source, Pixels(explanation.CreatePicture()));
        Assert.Equal(source, Pixels(explanation.CreateOverlay(opacity: 0)));
        var colors = Pixels(explanation.CreateOverlay(opacity: 1));
        Assert.Equal((252, 255, 164), colors[most]);                         // inferno's ends
        Assert.Equal((0, 0, 4), colors[least]);
        var overlay = Pixels(explanation.CreateOverlay());
        Assert.Equal((Mixed(source[most].Red, 252), Mixed(source[most].Green, 255), Mixed(source[most].Blue, 164)), overlay[most]);
        foreach (var opacity in new[] { -0.1f, 1.1f, float.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => explanation.CreateOverlay(opacity));

        static int Mixed(int pixel, int color) => (int)MathF.Round(float.Lerp(pixel, color, 0.6f));
    }

    [Fact]
    public void The_overlay_can_be_saved_as_PNG()
    {
        using var folder = new TempFolder();
        var explanation = Train().Explain(Rows(1)[0].Image!);
        using var overlay = explanation.CreateOverlay();
        overlay.Save(folder["overlay.png"]);
        using var loaded = MLImage.CreateFromFile(folder["overlay.png"]);
        Assert.Equal(Pixels(overlay), Pixels(loaded));
    }

    /// <summary>Vectors of 0 to 1 are pictures too: the explanation's is that of the image they came from.</summary>
    [Fact]
    public void Rows_of_scaled_vectors_are_explained_as_the_images_are()
    {
        var extraction = _ml.Transforms.ExtractPixels("Image", scaleImage: 1f / 255);
        var vectors = Train(extraction);
        var rows = Keyed(Rows(3));
        foreach (var (fromVector, fromImage) in vectors.Explain(extraction.Fit(rows).Transform(rows)).Zip(Train().Explain(rows)))
        {
            Assert.Equal(fromImage.Attention.Values, fromVector.Attention.Values);
            Assert.Equal(Pixels(fromImage.CreatePicture()), Pixels(fromVector.CreatePicture()));
        }
        var error = Assert.Throws<InvalidOperationException>(() => vectors.Explain(Rows(1)[0].Image!));
        Assert.EndsWith("Explain rows of the column 'Image' instead.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var model = Train();
        using var large = Image(0, new Random(1), size: 12);
        Assert.StartsWith("The image is 12x12 pixels; the model was trained on 8x8. Resize it", Assert.Throws<ArgumentException>(() => model.Explain(large)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => model.Explain((MLImage)null!));
        var noImages = _ml.Data.LoadFromEnumerable([new { Name = "x" }]);
        Assert.Contains("Could not find the feature column 'Image'.", Assert.Throws<ArgumentOutOfRangeException>(() => model.Explain(noImages)).Message, StringComparison.Ordinal);
        var rows = Rows(3);
        rows[1].Image = null;
        Assert.Equal("Row 1 (Name = \"picture 1\"): the image can't be read: there is no image.", Assert.Throws<InvalidDataException>(() => model.Explain(Keyed(rows)).Count()).Message);
    }

    private TlbTransformer Train(IEstimator<ITransformer>? extraction = null, TlbConfig? network = null)
    {
        var options = Options;
        options.Network = network ?? options.Network;
        options.Epoch = 3;
        var rows = Keyed(Rows(30));
        return _ml.MulticlassClassification.Trainers.Tlb(options).Fit(extraction?.Fit(rows).Transform(rows) ?? rows);
    }

    private IDataView Keyed(List<ImageRow> rows) =>
        _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Rows(3))).Transform(_ml.Data.LoadFromEnumerable(rows));

    private static (int Red, int Green, int Blue)[] Pixels(MLImage image) =>
        [.. image.GetBGRPixels.Chunk(3).Select(pixel => ((int)pixel[2], (int)pixel[1], (int)pixel[0]))];
}
