using System.Diagnostics;
using System.Globalization;
using Tlb.Core;
using static Tlb.ML.Tests.CraftedImages;

namespace Tlb.ML.Tests;

/// <summary>
/// Damaged and crafted images go through listing, training, scoring and explaining. Whatever they are, each is used or reported: nothing
/// crashes, waits or is left out in silence. TLB_CRAFTED_IMAGES sets how many, TLB_CRAFTED_SEED which, TLB_CRAFTED_PIXELS the most pixels.
/// </summary>
public sealed class CraftedImageTests : IDisposable
{
    private const int ImagesAtATime = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);       // of one image

    private readonly TempFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_crafted_image_is_used_or_reported()
    {
        var (count, seed) = (Setting("TLB_CRAFTED_IMAGES", 200), Setting("TLB_CRAFTED_SEED", 1));
        for (var first = 0; first < count; first += ImagesAtATime)
            UseAll(first, seed);
    }

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private void UseAll(int first, int seed)
    {
        var folder = Path.Combine(_folder.Path, $"{first}");
        TestImages.Write(folder, 6);                                         // whole images of three classes
        var total = 6;
        foreach (var file in RealFiles.Concat(Enumerable.Range(first, ImagesAtATime).Select(number => Craft(folder, number, seed))))
        {
            var place = Path.Combine(folder, TestImages.Labels[total++ % 3], Path.GetFileName(file));
            if (!file.StartsWith(folder, StringComparison.Ordinal))
                File.Copy(file, place);
            else
                File.Move(file, place);
        }

        var (skipped, unread, unscored) = (new List<BadImage>(), new HashSet<string>(), new List<BadImage>());
        var files = ImageFolder.Read(folder, skipped.Add, Setting("TLB_CRAFTED_PIXELS", 10_000_000));
        Assert.Equal(total, files.Count + skipped.Count);
        foreach (var file in files)
            Decode(Path.Combine(folder, file.ImagePath));

        var view = _ml.Data.LoadFromEnumerable(files.ToList());
        var options = TestImages.Options;
        (options.Epoch, options.ValidationFraction, options.BadImageCallback) = (1, 0.2, image => unread.Add(image.Where));
        var isOurs = first / ImagesAtATime % 2 > 0;                          // both stages in turn
        IEstimator<ITransformer> reading = isOurs ? _ml.Transforms.DecodeImages("Image", folder, "ImagePath") : _ml.Transforms.LoadImages("Image", folder, "ImagePath");
        var stages = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(reading)
            .Append(_ml.Transforms.ResizeImages("Image", TestImages.Size, TestImages.Size));
        var model = stages.Append(_ml.MulticlassClassification.Trainers.Tlb(options)).Fit(view);
        var tlb = model.OfType<TlbTransformer>().Single();
        tlb.BadImageCallback = unscored.Add;
        var scored = model.Transform(view);
        var scores = scored.GetColumn<float[]>("Score").ToList();
        Assert.Equal(files.Count, scores.Count);
        Assert.Equal(unscored.Count, scores.Count(score => Array.TrueForAll(score, float.IsNaN)));
        Assert.All(scores.Where(score => !Array.TrueForAll(score, float.IsNaN)), score => Assert.Equal(1, score.Sum(), 1e-4));
        Assert.Equal(unread.Order(StringComparer.Ordinal), unscored.Select(image => image.Where).Order(StringComparer.Ordinal));
        Assert.All(RealFiles, file => Assert.DoesNotContain(unread, name => name.Contains($"/{Path.GetFileName(file)}\"", StringComparison.Ordinal)));
        Assert.Equal(files.Count - unread.Count, tlb.Explain(scored).Count());
        Assert.Equal(files.Count - unread.Count, _ml.MulticlassClassification.Evaluate(scored).ConfusionMatrix.Counts.Sum(row => row.Sum()));
        Directory.Delete(folder, recursive: true);
    }

    private static string Craft(string folder, int number, int seed)
    {
        var random = new Random(HashCode(number, seed));
        var file = RealFiles[random.Next(RealFiles.Count)];
        var path = Path.Combine(folder, $"crafted-{number:D6}-{Path.GetFileName(file)}");
        File.WriteAllBytes(path, Damage(File.ReadAllBytes(file), random));
        return path;
    }

    private static int HashCode(int number, int seed) => unchecked(number * 486_187_739 + seed * 16_777_619);

    /// <summary>Decodes an image, to see how long it takes: in processor time of this process, which doesn't grow with what else runs on the machine.</summary>
    private static void Decode(string path)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        try
        {
            using var image = MLImage.CreateFromFile(path);
        }
        catch (ArgumentException)                                            // it can't be decoded: the pipeline will report it
        {
        }
        process.Refresh();
        var taken = process.TotalProcessorTime - before;
        Assert.True(taken < Limit, $"{path} took {taken.TotalSeconds:F1} s");
    }
}
