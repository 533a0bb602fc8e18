using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Scores images with TorchSharp.</summary>
internal sealed class TorchScorer : IScorer
{
    private readonly TlbConfig _config;
    private readonly ParameterLayout _layout;
    private readonly Device _device;
    private readonly Tensor _weights;

    public TorchScorer(NetworkWeights weights, Device device)
    {
        (_config, _layout, _device) = (weights.Config, weights.Layout, device);
        _weights = WeightTensors.Flatten(weights, device).DetachFromDisposeScope();
    }

    public void Score(ImageBatch batch, Span<float> probabilities)
    {
        CheckLength(batch, probabilities);
        if (batch.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = new TlbNetwork(_config, new WeightTensors(_weights, _layout));
        var result = network.Forward(ImageTensors.From(batch, _config.ImageSize, _device)).cpu(); // [B, classes]
        result.data<float>().CopyTo(probabilities);
    }

    public void Explain(ImageBatch batch, Span<float> probabilities, Span<float> attention)
    {
        CheckLength(batch, probabilities);
        if (attention.Length != batch.Count * _config.TokenCount)
            throw new ArgumentException($"Room for {attention.Length} attention values; expected {batch.Count} x {_config.ChunkCount} x {_config.ChunkSize}.", nameof(attention));
        if (batch.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = new TlbNetwork(_config, new WeightTensors(_weights, _layout));
        var (scores, attended) = network.Explain(ImageTensors.From(batch, _config.ImageSize, _device)); // [B, classes], [B, C, K]
        scores.cpu().data<float>().CopyTo(probabilities);
        attended.cpu().data<float>().CopyTo(attention);
    }

    public void Dispose() => _weights.Dispose();

    private void CheckLength(ImageBatch batch, Span<float> probabilities)
    {
        if (probabilities.Length != batch.Count * _config.NumberOfClasses)
            throw new ArgumentException($"Room for {probabilities.Length} probabilities; expected {batch.Count} x {_config.NumberOfClasses}.", nameof(probabilities));
    }
}
