using Microsoft.ML.Runtime;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Images whose first pixel is their number, in each form that data can have; class number % 3, weight number / 8.</summary>
internal sealed class NumberedImages(MLContext ml) : IDisposable
{
    public const int Count = 40;

    /// <summary>Of one image.</summary>
    public const int Bytes = Size * Size * 3;

    private readonly TempFolder _folder = new();

    /// <summary>Options that read them with a third of the memory they take.</summary>
    public static TlbTrainer.Options SmallBudget
    {
        get
        {
            var options = Options;
            (options.MemoryBudget, options.ExampleWeightColumnName) = (Count / 3 * Bytes, "Weight");
            return options;
        }
    }

    /// <summary>The images.</summary>
    /// <param name="kind">"files", "images" or "vectors".</param>
    public IDataView View(string kind)
    {
        if (kind == "vectors")
            return ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new VectorRow { Label = Label(i), Weight = i / 8f, Image = Enumerable.Repeat((float)i, Bytes).ToArray() }).ToList());
        if (kind == "images")
            return ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new ImageRow { Label = Label(i), Weight = i / 8f, Image = Image(i) }).ToList());
        for (var i = 0; i < Count; i++)
        {
            using var image = Image(i);
            image.Save(_folder[$"{i}.png"]);
        }
        var paths = ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new PathRow { Label = Label(i), Weight = i / 8f, ImagePath = $"{i}.png" }).ToList());
        return ml.Transforms.LoadImages("Image", _folder.Path, "ImagePath").Fit(paths).Transform(paths);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Reads a view as the trainer does.</summary>
    public static IImageSource Read(MLContext ml, IDataView view, TlbTrainer.Options options, IImageSource? training = null)
    {
        using var channel = ((IHostEnvironment)ml).Start("Test");
        return TrainingImages.Read(view, options, channel, training, options.CancellationToken);
    }

    /// <summary>Goes through images once.</summary>
    /// <returns>Number, class and weight of each, and the sizes of the batches.</returns>
    public static (List<(int Number, int Class, float Weight)> Images, List<int> Batches) Epoch(IImageSource source, int? shuffleSeed, int batchSize = 16)
    {
        var (images, batches) = (new List<(int, int, float)>(), new List<int>());
        var batch = new ImageBatch(source.Layout, batchSize);
        using var reader = source.Read(shuffleSeed);
        for (reader.Fill(batch); batch.Count > 0; reader.Fill(batch))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                Assert.Equal(-1, batch.Image(i).IndexOfAnyExcept(batch.Image(i)[0]));
                images.Add((batch.Image(i)[0], batch.Labels[i], batch.Weights[i]));
            }
            batches.Add(batch.Count);
        }
        reader.Fill(batch);                                                  // after the end there is nothing, again and again
        Assert.Equal(0, batch.Count);
        return (images, batches);
    }

    private static uint Label(int number) => (uint)number % 3;

    private static MLImage Image(int number)
    {
        var pixels = new byte[Size * Size * 4];
        Array.Fill(pixels, (byte)number);
        for (var i = 3; i < pixels.Length; i += 4)
            pixels[i] = byte.MaxValue;
        return MLImage.CreateFromPixels(Size, Size, MLPixelFormat.Rgba32, pixels);
    }

    internal class Row
    {
        [KeyType(3)]                                                         // from 0 in an object
        public uint Label { get; set; }

        public float Weight { get; set; }
    }

    internal sealed class PathRow : Row
    {
        public string ImagePath { get; set; } = "";
    }

    internal sealed class ImageRow : Row
    {
        [Microsoft.ML.Transforms.Image.ImageType(Size, Size)]
        public MLImage? Image { get; set; }
    }

    internal sealed class VectorRow : Row
    {
        [VectorType(3, Size, Size)]
        public float[] Image { get; set; } = [];
    }
}
