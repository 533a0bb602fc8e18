using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Benchmarks;

/// <summary>What is measured on: a network with random weights, and random images.</summary>
internal sealed class Workload
{
    public const int BatchSize = 256;
    public const int Classes = 10;
    private const int FileSize = 32;                                         // pixels of an image file, as CIFAR-10 has them

    private readonly string _folder;

    /// <summary>Makes the files of a workload.</summary>
    /// <param name="folder">The folder for them.</param>
    /// <param name="network">The name of the network, one of <see cref="TlbConfig.Presets"/>.</param>
    public Workload(string folder, string network)
    {
        Name = TlbConfig.Presets.Keys.Single(name => string.Equals(name, network, StringComparison.OrdinalIgnoreCase));
        Network = TlbConfig.Presets[network];
        Weights = NetworkWeights.Initialize(Network, seed: 1);
        _folder = Path.Combine(folder, Name);
        folder = _folder;
        Directory.CreateDirectory(folder);
        var random = new Random(1);
        Images = new(new() { Height = Network.ImageSize, Width = Network.ImageSize }, BatchSize);
        for (var i = 0; i < BatchSize; i++)
            random.NextBytes(Images.Add(i % Classes));
        Weights.Save(WeightsFile);
        var values = new float[Images.Pixels.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = Images.Pixels[i] * Images.Layout.Scale;
        File.WriteAllBytes(ImagesFile, MemoryMarshal.AsBytes(values.AsSpan()));
        File.WriteAllBytes(LabelsFile, MemoryMarshal.AsBytes(Images.Labels.ToArray().Select(label => (long)label).ToArray().AsSpan()));
    }

    /// <summary>The networks that are measured where none is named: the reference's, and the default.</summary>
    public static IReadOnlyCollection<string> NetworkNames => [nameof(TlbConfig.KerasExample), nameof(TlbConfig.Base)];

    /// <summary>The name of the network.</summary>
    public string Name { get; }

    public TlbConfig Network { get; }

    public NetworkWeights Weights { get; }

    public ImageBatch Images { get; }

    /// <summary><see cref="Images"/> in batches.</summary>
    public List<ImageBatch> Parts(int size)
    {
        var parts = new List<ImageBatch>();
        foreach (var images in Enumerable.Range(0, Images.Count).Chunk(size))
        {
            var part = new ImageBatch(Images.Layout, images.Length);
            foreach (var i in images)
                Images.Image(i).CopyTo(part.Add(Images.Labels[i]));
            parts.Add(part);
        }
        return parts;
    }

    public string WeightsFile => Path.Combine(_folder, "weights.safetensors");

    public string ImagesFile => Path.Combine(_folder, "images.f32");

    public string LabelsFile => Path.Combine(_folder, "labels.i64");

    public string ModelFile => Path.Combine(_folder, "model.zip");

    /// <summary>A folder of small JPEG files in ten classes, made once.</summary>
    public string ImageFiles(int count)
    {
        var folder = Path.Combine(_folder, $"jpeg-{count}");
        if (Directory.Exists(folder))
            return folder;
        var unfinished = folder + ".part";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        for (var label = 0; label < Classes; label++)
            Directory.CreateDirectory(Path.Combine(unfinished, $"class{label}"));
        Parallel.For(0, count, i =>
        {
            using var image = Picture(new Random(i));
            image.Save(Path.Combine(unfinished, $"class{i % Classes}", $"{i:D6}.jpg"));
        });
        Directory.Move(unfinished, folder);
        return folder;
    }

    /// <summary>A model zip with the network, made without training it: the stages load image files of 32x32 pixels.</summary>
    public string SaveModel()
    {
        var ml = new MLContext(seed: 1);
        var folder = ImageFiles(10_000);
        var rows = ml.Data.LoadFromEnumerable(ImageFolder.Find(folder).Take(50).Concat(ImageFolder.Find(folder).TakeLast(50)).Select(file => new ImageFile { Label = file.Label, ImagePath = Path.Combine(folder, file.ImagePath) }).ToList());
        var labels = ml.Data.LoadFromEnumerable(Enumerable.Range(0, Classes).Select(label => new LabelRow { Label = $"class{label}" }));
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", keyData: labels)
            .Append(ml.Transforms.DecodeImages("Image", null, "ImagePath"))
            .Append(ml.MulticlassClassification.Trainers.Tlb(new TlbTrainer.Options { FeatureColumnName = "Image", Network = Network, InitialWeightsFile = WeightsFile, Epoch = 0 }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ml.Model.Save(pipeline.Fit(rows), rows.Schema, ModelFile);
        return ModelFile;
    }

    /// <summary>A prediction engine over decoded images of the network's size.</summary>
    public PredictionEngine<ImageRow, Prediction> CreateEngine()
    {
        var ml = new MLContext(seed: 1);
        var schema = SchemaDefinition.Create(typeof(ImageRow));
        new ImageTypeAttribute(Network.ImageSize, Network.ImageSize).Register(); // else ML.NET does not know what holds such images
        schema[nameof(ImageRow.Image)].ColumnType = new ImageDataViewType(Network.ImageSize, Network.ImageSize);
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 2 * Classes).Select(i => new ImageRow { Label = (uint)(i % Classes), Image = Decoded(i) }).ToList(), schema);
        var options = new TlbTrainer.Options { FeatureColumnName = "Image", Network = Network, InitialWeightsFile = WeightsFile, Epoch = 0 };
        return ml.Model.CreatePredictionEngine<ImageRow, Prediction>(ml.MulticlassClassification.Trainers.Tlb(options).Fit(rows), inputSchemaDefinition: schema);
    }

    /// <summary>An image of <see cref="Images"/>, decoded.</summary>
    public MLImage Decoded(int index)
    {
        var size = Network.ImageSize;
        var rgba = new byte[size * size * 4];
        var rgb = Images.Image(index);
        for (var i = 0; i < size * size; i++)
        {
            rgb.Slice(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[4 * i + 3] = byte.MaxValue;
        }
        return MLImage.CreateFromPixels(size, size, MLPixelFormat.Rgba32, rgba);
    }

    /// <summary>A smooth picture, so that its JPEG is as large as a photograph's of its size.</summary>
    private static MLImage Picture(Random random)
    {
        var waves = Enumerable.Range(0, 9).Select(_ => 20 * random.NextDouble()).ToArray();
        var pixels = new byte[FileSize * FileSize * 4];
        for (var i = 0; i < FileSize * FileSize; i++)
        {
            var (x, y) = ((double)(i % FileSize) / FileSize, (double)(i / FileSize) / FileSize);
            for (var c = 0; c < 3; c++)
                pixels[4 * i + c] = (byte)(127 + 90 * Math.Sin(waves[3 * c] * x + waves[3 * c + 1] * y + waves[3 * c + 2]) + random.Next(-25, 25));
            pixels[4 * i + 3] = byte.MaxValue;
        }
        return MLImage.CreateFromPixels(FileSize, FileSize, MLPixelFormat.Rgba32, pixels);
    }

    internal sealed class ImageRow
    {
        [KeyType(Classes)]
        public uint Label { get; set; }

        [ImageType(1, 1)]                                                    // as large as the network's, which the schema says
        public MLImage? Image { get; set; }
    }

    private sealed class LabelRow
    {
        public string Label { get; set; } = "";
    }
}
