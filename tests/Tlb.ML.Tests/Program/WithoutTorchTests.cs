using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The CPU needs neither TorchSharp nor libtorch: here the program runs where they are broken.</summary>
public sealed class WithoutTorchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_trains_and_scores_where_no_torch_can_be_loaded()
    {
        Write(_folder["data"], 60);
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]).Select(file => new ImageFile { Label = file.Label, ImagePath = _folder[$"data/{file.ImagePath}"] }).ToList());
        var options = Options;
        options.Epoch = 1;
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.LoadImages("Image", null, "ImagePath"))
            .Append(ml.MulticlassClassification.Trainers.Tlb(options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ml.Model.Save(pipeline.Fit(rows), rows.Schema, _folder["model.zip"]);
        Assert.NotEmpty(CopyProgramWithoutTorch(_folder["program"]));

        var predicted = Run("predict", "--model", _folder["model.zip"], "--image", _folder["data/left/0000.jpg"]);
        Assert.True(predicted.Status == 0, predicted.Output);
        Assert.Matches(@"^(left|middle|right) \(\d", predicted.Output);
        var scored = Run("score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["scores.csv"]);
        Assert.True(scored.Status == 0, scored.Output);
        Assert.Equal(61, File.ReadAllLines(_folder["scores.csv"]).Length);
        var trained = Run(["train", "--data", _folder["data"], "--model", _folder["other.zip"], "--epochs", "1", .. ImageClassifierProgram.PlainTiny]);
        Assert.True(trained.Status == 0, trained.Output);
    }

    /// <summary>Copies the program's folder with every file of torch's emptied: it is there, and can't be loaded.</summary>
    /// <returns>The emptied files.</returns>
    private static List<string> CopyProgramWithoutTorch(string target)
    {
        var emptied = new List<string>();
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(AppContext.BaseDirectory, file);
            var copy = Path.Combine(target, name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var isTorch = Path.GetFileName(file) is var fileName
                && (fileName.Contains("torch", StringComparison.OrdinalIgnoreCase) || fileName.StartsWith("libc10", StringComparison.Ordinal) || fileName == "c10.dll")
                && Path.GetExtension(file) is ".dll" or ".so" or ".dylib";
            if (isTorch)
            {
                File.WriteAllBytes(copy, []);
                emptied.Add(name);
            }
            else
                File.Copy(file, copy);
        }
        Assert.Contains("TorchSharp.dll", emptied);
        Assert.Contains("Tlb.Torch.dll", emptied);
        return emptied;
    }

    private (int Status, string Output) Run(params string[] arguments) => ImageClassifierProgram.Run(arguments, _folder["program"]);
}
