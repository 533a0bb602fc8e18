using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Computes networks with TorchSharp, on the CPU or a CUDA device.</summary>
/// <param name="device">The device; null for the CPU.</param>
public sealed class TorchEngine(Device? device = null) : IEngine
{
    private readonly Device _device = device ?? CPU;

    /// <inheritdoc/>
    public string Description => $"TorchSharp on {_device}";

    /// <inheritdoc/>
    public IScorer CreateScorer(NetworkWeights weights) => new TorchScorer(weights, _device);

    /// <inheritdoc/>
    public ITrainingSession StartTraining(NetworkWeights weights, SessionOptions options) => new TorchTrainingSession(weights, options, _device);
}
