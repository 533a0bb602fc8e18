using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.Browser.Tests;

/// <summary>A report of a training that was done for the tests.</summary>
public sealed class Report : IDisposable
{
    private readonly Tlb.ML.Tests.TempFolder _folder = new();

    public Report()
    {
        Write(_folder["data"], 60);
        foreach (var file in Directory.GetFiles(_folder["data/left"])[..3])   // so that not all is right
            File.Move(file, _folder[$"data/right/moved {System.IO.Path.GetFileName(file)}"]);
        var (status, output) = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--report", Path, "--validation-fraction", "0.4", "--epochs", "8", .. PlainTiny, "--learning-rate", "0.01", "--batch-size", "16"]);
        Assert.True(status == 0, output);
    }

    /// <summary>Its file.</summary>
    public string Path => _folder["report.html"];

    public void Dispose() => _folder.Dispose();
}
