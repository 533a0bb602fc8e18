using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>The program's ONNX files.</summary>
public sealed class ExportProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_is_exported_as_the_library_does_it()
    {
        Write(_folder["data"], 30);
        Assert.Equal(0, Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], .. PlainTiny, "--epochs", "1"]).Status);
        var (status, output) = Run(["export", "--model", _folder["model.zip"], "--output", _folder["model.onnx"]]);
        Assert.Equal((0, $"Exported the network into {_folder["model.onnx"]}: it takes images of 8x8 pixels."), (status, output.Trim()));
        var model = ((IEnumerable<ITransformer>)new MLContext().Model.Load(_folder["model.zip"], out _)).OfType<TlbTransformer>().Single().Model;
        model.SaveAsOnnx(_folder["expected.onnx"]);
        Assert.Equal(File.ReadAllBytes(_folder["expected.onnx"]), File.ReadAllBytes(_folder["model.onnx"]));
    }

    [Fact]
    public void What_is_no_ONNX_file_is_not_written()
    {
        var (status, output) = Run(["export", "--model", _folder["model.zip"], "--output", _folder["model.zip"]]);
        Assert.Equal(1, status);
        Assert.Contains("expected a file that ends in .onnx.", output, StringComparison.Ordinal);
    }
}
