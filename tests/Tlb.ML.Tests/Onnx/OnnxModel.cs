using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Tlb.Cpu;
using Tlb.Tests;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Tlb.ML.Tests;

/// <summary>A model as ONNX Runtime reads it from its file.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly TlbModelParameters _model;
    private readonly InferenceSession _session;

    public OnnxModel(TlbModelParameters model, string path)
    {
        _model = model;
        model.SaveAsOnnx(path);
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        _session = new(path, options);
    }

    public ModelMetadata Metadata => _session.ModelMetadata;

    /// <summary>The sizes of the input; -1 for one that is free.</summary>
    public int[] InputSizes => _session.InputMetadata["image"].Dimensions;

    /// <summary>The probabilities that ONNX Runtime computes.</summary>
    public float[] Score(ImageBatch batch)
    {
        long[] shape = [batch.Count, batch.Layout.Height, batch.Layout.Width, TlbConfig.Channels];
        using var image = batch.Layout.PixelType == PixelType.Byte
            ? OrtValue.CreateTensorValueFromMemory(batch.Pixels.ToArray(), shape)
            : OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(batch.Pixels).ToArray(), shape);
        using var options = new RunOptions();
        using var results = _session.Run(options, ["image"], [image], ["probabilities"]);
        Assert.Equal([batch.Count, _model.Network.NumberOfClasses], results[0].GetTensorTypeAndShape().Shape);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Fails unless ONNX Runtime computes what the CPU engine does.</summary>
    public void AssertScores(ImageBatch batch, string what)
    {
        using var scorer = new CpuEngine().CreateScorer(_model.Weights);
        var expected = new float[batch.Count * _model.Network.NumberOfClasses];
        scorer.Score(batch, expected);
        var actual = Score(batch);
        Close.Absolute(expected, actual, 1e-5, $"{what}, batch of {batch.Count}");
    }

    public void Dispose() => _session.Dispose();
}
