using Tlb.Tests;
using Microsoft.ML.Transforms.Image;
using Tlb.Core;

namespace Tlb.ML.Tests;

/// <summary>Small pictures of three classes that a tiny network learns in a second: which third of the picture is bright.</summary>
internal static class TestImages
{
    public const int Size = 8;

    public static readonly string[] Labels = ["left", "middle", "right"];

    /// <summary>Options that learn <see cref="Rows"/> in about a second.</summary>
    public static TlbTrainer.Options Options => new TlbTrainer.Options
    {
        FeatureColumnName = "Image", Network = TlbConfig.Tiny, Epoch = 12, BatchSize = 16, LearningRate = 0.01f,
    }.Plain();

    /// <summary>Rows with images in memory.</summary>
    public static List<ImageRow> Rows(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new ImageRow { Label = Labels[i % 3], Image = Image(i % 3, random), Name = $"picture {i}" })];
    }

    /// <summary>Writes rows as files into a folder, one sub-folder per class: JPEG and PNG in turn.</summary>
    public static void Write(string folder, int count, int size = Size, int seed = 1)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var place = Directory.CreateDirectory(Path.Combine(folder, Labels[i % 3])).FullName;
            using var image = Image(i % 3, random, size);
            image.Save(Path.Combine(place, $"{i:D4}{(i / 3 % 2 == 0 ? ".jpg" : ".png")}"));
        }
    }

    public static MLImage Image(int third, Random random, int size = Size)
    {
        var pixels = new byte[size * size * 4];
        for (var i = 0; i < size * size; i++)
        {
            var bright = i % size * 3 / size == third;
            for (var c = 0; c < 3; c++)
                pixels[4 * i + c] = (byte)((bright ? 170 : 20) + random.Next(60));
            pixels[4 * i + 3] = byte.MaxValue;
        }
        return MLImage.CreateFromPixels(size, size, MLPixelFormat.Rgba32, pixels);
    }

    /// <summary>The stages from rows to a predicted name.</summary>
    public static IEstimator<ITransformer> Pipeline(MLContext ml, TlbTrainer.Options options) => ml.Transforms.Conversion
        .MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
        .Append(ml.MulticlassClassification.Trainers.Tlb(options))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    public sealed class ImageRow
    {
        public string Label { get; set; } = "";

        [ImageType(Size, Size)]
        public MLImage? Image { get; set; }

        public string Name { get; set; } = "";
    }

    public sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
