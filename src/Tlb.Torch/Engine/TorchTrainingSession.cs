using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Trains a network with TorchSharp's automatic differentiation.</summary>
internal sealed class TorchTrainingSession : ITrainingSession
{
    private readonly TlbConfig _config;
    private readonly ParameterLayout _layout;
    private readonly Device _device;
    private readonly Generator _generator;
    private readonly NetworkDropout? _dropout;
    private readonly Tensor _weights;                                        // [P], the leaf that gradients flow to
    private readonly Tensor _sums;                                           // [2]: the losses and the correct images since the last reading
    private readonly AdamW _optimizer;
    private long _count;

    public TorchTrainingSession(NetworkWeights weights, float weightDecay, int seed, Device device)
    {
        (_config, _layout, _device) = (weights.Config, weights.Layout, device);
        _generator = new Generator((ulong)seed, device);
        _dropout = NetworkDropout.For(_config, _generator);
        _weights = WeightTensors.Flatten(weights, device).requires_grad_().DetachFromDisposeScope();
        _sums = zeros(2, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        _optimizer = new AdamW(_weights, weightDecay);
    }

    public void RunStep(ImageBatch batch, float learningRate)
    {
        using var scope = NewDisposeScope();
        using var gradient = enable_grad();                                  // the caller may have switched it off
        var (probabilities, losses, labels) = Forward(batch, _dropout);
        losses.mean().backward();
        var flat = _weights.grad ?? throw new InvalidOperationException("The loss has no gradient.");
        _optimizer.Step(flat, learningRate);
        _weights.grad = null;
        using var noGradient = no_grad();
        _sums.add_(Sums(probabilities, losses, labels));
        _count += batch.Count;
    }

    public BatchMetrics TakeMetrics()
    {
        using var scope = NewDisposeScope();                                 // an operation in place gives a wrapper too
        var metrics = Read(_sums, _count);
        _sums.zero_();
        _count = 0;
        return metrics;
    }

    public BatchMetrics Evaluate(ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (probabilities, losses, labels) = Forward(batch, dropout: null);
        return Read(Sums(probabilities, losses, labels), batch.Count);
    }

    public void CopyWeightsTo(NetworkWeights weights)
    {
        using var scope = NewDisposeScope();
        _weights.detach().cpu().data<float>().CopyTo(weights.Values.AsSpan());
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _sums.Dispose();
        _weights.Dispose();
        _generator.Dispose();
    }

    private (Tensor Probabilities, Tensor Losses, Tensor Labels) Forward(ImageBatch batch, NetworkDropout? dropout)
    {
        var images = ImageTensors.From(batch, _config.ImageSize, _device);   // [B, S, S, 3]
        var labels = tensor(batch.Labels.ToArray(), dtype: ScalarType.Int64, device: _device); // [B]
        var network = new TlbNetwork(_config, new WeightTensors(_weights, _layout), dropout);
        var probabilities = network.Forward(images);                         // [B, classes]
        return (probabilities, CrossEntropy.PerImage(probabilities, labels), labels);
    }

    private static Tensor Sums(Tensor probabilities, Tensor losses, Tensor labels) =>
        stack([losses.sum(ScalarType.Float64), probabilities.argmax(1).eq(labels).sum(ScalarType.Float64)]); // [2]

    private static BatchMetrics Read(Tensor sums, long count)
    {
        using var scope = NewDisposeScope();
        var values = sums.cpu().data<double>();
        return new(count, values[0], (long)values[1]);
    }
}
