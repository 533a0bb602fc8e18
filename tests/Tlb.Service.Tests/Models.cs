using Tlb.ML.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.Service.Tests;

/// <summary>Two models of the same classes, and images to classify with what the first makes of them.</summary>
public sealed class Models : IDisposable
{
    private readonly TempFolder _folder = new();

    public Models()
    {
        Write(_folder["data"], 30);
        var ml = new MLContext(seed: 1);
        var files = ImageFolder.Read(_folder["data"]);
        var rows = ml.Data.LoadFromEnumerable(files);
        foreach (var (name, seed) in new[] { ("first.zip", 1), ("second.zip", 2) })
        {
            var context = new MLContext(seed);
            var model = Stages(context, context.Transforms.DecodeImages("Image", _folder["data"], "ImagePath")).Fit(rows);
            context.Model.Save(model, rows.Schema, _folder[name]);
            Scores[name] = [.. model.Transform(rows).GetColumn<float[]>("Score")];
        }
        ml.Model.Save(Stages(ml, ml.Transforms.LoadImages("Image", _folder["data"], "ImagePath")).Fit(rows), rows.Schema, _folder["paths-only.zip"]);
        Images = [.. files.Select(file => File.ReadAllBytes(Path.Combine(_folder["data"], file.ImagePath)))];
    }

    /// <summary>What is in a folder of its own.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Files of images.</summary>
    public IReadOnlyList<byte[]> Images { get; }

    /// <summary>The probabilities of each image, by model file, as ML.NET's views give them.</summary>
    internal Dictionary<string, float[][]> Scores { get; } = [];

    public void Dispose() => _folder.Dispose();

    private static IEstimator<ITransformer> Stages(MLContext ml, IEstimator<ITransformer> reading)
    {
        var options = Options;
        options.Epoch = 4;
        return reading.Append(ml.Transforms.ResizeImages("Image", Size, Size)).Append(Pipeline(ml, options));
    }
}
