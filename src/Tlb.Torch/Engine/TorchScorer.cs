using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Scores images with TorchSharp.</summary>
internal sealed class TorchScorer : IScorer
{
    private readonly TlbConfig _config;
    private readonly Device _device;
    private readonly TlbNetwork _network;
    private readonly IReadOnlyList<IDisposable> _tensors;                    // the network's

    public TorchScorer(NetworkWeights weights, Device device, ScalarType computeType)
    {
        (_config, _device) = (weights.Config, device);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _network = new(_config, new WeightTensors(WeightTensors.Flatten(weights, device), weights.Layout, computeType));
        _tensors = scope.DisposablesView;
        scope.Detach(_tensors);
    }

    public void Score(ImageBatch batch, Span<float> probabilities)
    {
        CheckLength(batch, probabilities);
        if (batch.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var result = _network.Forward(ImageTensors.From(batch, _config.ImageSize, _device)).cpu(); // [B, classes]
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
        var (scores, attended) = _network.Explain(ImageTensors.From(batch, _config.ImageSize, _device)); // [B, classes], [B, C, K]
        scores.cpu().data<float>().CopyTo(probabilities);
        attended.cpu().data<float>().CopyTo(attention);
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors)
            tensor.Dispose();
    }

    private void CheckLength(ImageBatch batch, Span<float> probabilities)
    {
        if (probabilities.Length != batch.Count * _config.NumberOfClasses)
            throw new ArgumentException($"Room for {probabilities.Length} probabilities; expected {batch.Count} x {_config.NumberOfClasses}.", nameof(probabilities));
    }
}
