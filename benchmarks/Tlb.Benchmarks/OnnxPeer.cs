using Microsoft.ML.OnnxRuntime;
using Tlb.Core;
using OnnxOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Tlb.Benchmarks;

/// <summary>A network's ONNX file in ONNX Runtime, with as many threads as it takes by itself.</summary>
internal sealed class OnnxPeer : IDisposable
{
    private static readonly string[] Inputs = ["image"], Outputs = ["probabilities"];

    private readonly InferenceSession _session;
    private readonly OrtValue _batch;
    private readonly OrtValue _first;
    private readonly RunOptions _run = new();

    /// <summary>Opens a network.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="images">The images that are scored: all, or the first.</param>
    public OnnxPeer(NetworkWeights weights, ImageBatch images)
    {
        using var file = new MemoryStream();
        OnnxNetwork.Build(weights, images.Layout, averageMirrorImages: false).WriteTo(file, "benchmark");
        using var options = new OnnxOptions();
        _session = new(file.ToArray(), options);
        (_batch, _first) = (Values(images.Count), Values(1));

        OrtValue Values(int count) => OrtValue.CreateTensorValueFromMemory(
            images.Pixels[..(count * images.Layout.ByteCount)].ToArray(), [count, images.Layout.Height, images.Layout.Width, TlbConfig.Channels]);
    }

    /// <summary>Scores all images: the probabilities, [images, classes].</summary>
    public float[] Score() => Score(_batch);

    /// <summary>Scores the first.</summary>
    public float[] ScoreFirst() => Score(_first);

    public void Dispose()
    {
        _batch.Dispose();
        _first.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private float[] Score(OrtValue images)
    {
        using var results = _session.Run(_run, Inputs, [images], Outputs);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
