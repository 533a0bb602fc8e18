using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Computes networks with TorchSharp, on the CPU or a CUDA device.</summary>
public sealed class TorchEngine : IEngine
{
    private readonly Device _device;
    private readonly ScalarType _trainingType;
    private readonly ScalarType _scoringType;

    /// <summary>Makes an engine.</summary>
    /// <param name="device">The device; null for the CPU.</param>
    /// <param name="precision">The precision of training.</param>
    /// <param name="scoringPrecision">The precision of scorers.</param>
    /// <exception cref="NotSupportedException">Float16 was asked for on the CPU.</exception>
    public TorchEngine(Device? device = null, Precision precision = Precision.Auto, Precision scoringPrecision = Precision.Auto)
    {
        _device = device ?? CPU;
        (_trainingType, _scoringType) = (ComputeTypes.For(precision, _device), ComputeTypes.For(scoringPrecision, _device));
    }

    /// <inheritdoc/>
    public string Description => $"TorchSharp on {_device}, training in {_trainingType}, scoring in {_scoringType}";

    /// <inheritdoc/>
    public IScorer CreateScorer(NetworkWeights weights) => new TorchScorer(weights, _device, _scoringType);

    /// <inheritdoc/>
    public ITrainingSession StartTraining(NetworkWeights weights, SessionOptions options) =>
        new TorchTrainingSession(weights, options, _device, _trainingType);
}
