using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>A zip that version 0.1.0 wrote with Microsoft.ML 5.0.0, and the scores that it computed then.</summary>
public sealed class EarlierModelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, "left", 0.9607492f, 0.0019416858f, 0.037309192f)]
    [InlineData(1, "right", 0.13506119f, 0.0272346f, 0.8377042f)]
    [InlineData(2, "right", 0.00096386054f, 0.22113512f, 0.77790105f)]
    public void It_loads_and_scores_as_it_did(int number, string label, float left, float middle, float right)
    {
        using (var image = MLImage.CreateFromPixels(Size, Size, MLPixelFormat.Rgba32, Pixels(number)))
            image.Save(_folder["image.png"]);
        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<ImageFile, Prediction>(ml.Model.Load(Path.Combine(AppContext.BaseDirectory, "Golden", "earlier.zip"), out _));
        var prediction = engine.Predict(new ImageFile { ImagePath = _folder["image.png"] });
        Assert.Equal(label, prediction.PredictedLabel);
        Assert.All(prediction.Score.Zip([left, middle, right]), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));   // other register widths sum in another order
    }

    private static byte[] Pixels(int number)
    {
        var pixels = new byte[Size * Size * 4];
        for (var i = 0; i < Size * Size; i++)
        {
            var (x, y) = (i % Size, i / Size);
            byte[] color = [(byte)(20 * x + 7 * y + 60 * number), (byte)(11 * x * y + number), (byte)(x / 3 == number ? 200 : 30), byte.MaxValue];
            color.CopyTo(pixels, 4 * i);
        }
        return pixels;
    }
}
