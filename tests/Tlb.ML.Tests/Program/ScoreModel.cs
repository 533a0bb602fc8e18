using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>A model that the tests of scoring share, and the images that it was trained on.</summary>
public sealed class ScoreModel : IDisposable
{
    /// <summary>How many images there are.</summary>
    public const int Count = 90;

    private readonly TempFolder _folder = new();

    public ScoreModel()
    {
        Write(Images, Count);
        var (status, output) = Run(["train", "--data", Images, "--model", Path, "--epochs", "2", .. PlainTiny, "--batch-size", "16"]);
        Assert.True(status == 0, output);
    }

    /// <summary>The model file.</summary>
    public string Path => _folder["model.zip"];

    /// <summary>The folder of the images.</summary>
    public string Images => _folder["images"];

    public void Dispose() => _folder.Dispose();

    /// <summary>Fills a folder with many images: copies of those, in three sub-folders.</summary>
    public void CopyMany(string folder, int count)
    {
        var files = Directory.GetFiles(Images, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        for (var i = 0; i < count; i++)
        {
            var file = files[i % files.Count];
            var place = System.IO.Path.Combine(folder, Labels[i % 3]);
            if (i < 3)
                Directory.CreateDirectory(place);
            File.Copy(file, System.IO.Path.Combine(place, $"{i:D6}{System.IO.Path.GetExtension(file)}"));
        }
    }
}
