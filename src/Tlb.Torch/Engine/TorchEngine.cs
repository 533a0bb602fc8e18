using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Computes networks with TorchSharp, on the CPU or a CUDA device.</summary>
internal sealed class TorchEngine : IEngine
{
    private readonly Device _device;
    private readonly ComputeType _trainingType;
    private readonly ComputeType _scoringType;

    /// <summary>Makes an engine.</summary>
    /// <param name="device">The device; null for the CPU.</param>
    /// <param name="precision">The precision of training.</param>
    /// <param name="scoringPrecision">The precision of scorers.</param>
    /// <exception cref="NotSupportedException">The CPU was asked for what only CUDA devices have, or TorchSharp's native libraries can't be loaded.</exception>
    public TorchEngine(Device? device = null, Precision precision = Precision.Auto, Precision scoringPrecision = Precision.Auto)
    {
        LibTorch.Require();
        _device = device ?? CPU;
        (_trainingType, _scoringType) = (ComputeType.For(precision, _device), ComputeType.For(scoringPrecision, _device));
    }

    /// <inheritdoc/>
    public string Description => $"TorchSharp on {_device}, training in {_trainingType}, scoring in {_scoringType}";

    /// <inheritdoc/>
    public IScorer CreateScorer(NetworkWeights weights, long workMemory = WorkLimit.Default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new TorchScorer(weights, _device, _scoringType, workMemory);
    }

    /// <inheritdoc/>
    public ITrainingSession StartTraining(NetworkWeights weights, SessionOptions options) =>
        new TorchTrainingSession(weights, options, _device, _trainingType);
}
