using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Trains a network with TorchSharp's automatic differentiation.</summary>
internal sealed class TorchTrainingSession : ITrainingSession
{
    private static readonly Scalar One = 1f;
    private static readonly Scalar Ten = 10f;
    private static readonly Scalar TinyNorm = 1e-12f;

    private readonly TlbConfig _config;
    private readonly ParameterLayout _layout;
    private readonly SessionOptions _options;
    private readonly Device _device;
    private readonly ScalarType _computeType;
    private readonly Generator? _generator;
    private readonly NetworkDropout? _dropout;
    private readonly Scalar? _clipNorm;
    private readonly Tensor _weights;                                        // [P], the leaf that gradients flow to
    private readonly Tensor? _average;                                       // [P]
    private readonly Tensor _sums;                                           // [2]: the losses and the correct images since the last reset
    private readonly AdamW _optimizer;
    private readonly LossScaler? _scaler;
    private long _step;
    private long _count;

    public TorchTrainingSession(NetworkWeights weights, SessionOptions options, Device device, ScalarType computeType)
    {
        (_config, _layout, _options, _device, _computeType) = (weights.Config, weights.Layout, options, device, computeType);
        _generator = device.type == DeviceType.CPU ? new Generator((ulong)options.Seed) : null; // TorchSharp makes them for the CPU only
        _dropout = NetworkDropout.For(_config, _generator);
        _clipNorm = options.GradientClipNorm is { } norm ? (Scalar)norm : null;
        _weights = WeightTensors.Flatten(weights, device).requires_grad_().DetachFromDisposeScope();
        _average = options.AverageDecay is null ? null : WeightTensors.Flatten(weights, device).DetachFromDisposeScope();
        _sums = zeros(2, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        _scaler = computeType == ScalarType.Float16 ? new LossScaler(device) : null;
        using var scope = NewDisposeScope();
        _optimizer = new AdamW(_weights, options.WeightDecay, options.DecayAllWeights ? null : Matrices());
    }

    public Precision Precision => _computeType switch
    {
        ScalarType.BFloat16 => Precision.BFloat16,
        ScalarType.Float16 => Precision.Float16,
        _ => Precision.Float32,
    };

    public void RunStep(ImageBatch batch, float learningRate)
    {
        using var scope = NewDisposeScope();
        using var gradient = enable_grad();                                  // the caller may have switched it off
        Seed(SeedOf(_options.Seed, ++_step));                                // anew for each step, so that a resumed run draws the same
        var images = batch.IsAugmented
            ? AugmentedImages.From(batch, _config.ImageSize, _device)
            : ImageTensors.From(batch, _config.ImageSize, _device);          // [B, S, S, 3]
        var targets = CrossEntropy.Targets(batch, _config.NumberOfClasses, _options.LabelSmoothing, _device); // [B, classes]
        var weights = tensor(batch.Weights.ToArray()).CopiedTo(_device);     // [B]
        using Scalar count = (float)batch.Count;
        var part = Math.Min(batch.Count, _options.MicroBatchSize ?? batch.Count);
        for (var first = 0; first < batch.Count; first += part)
        {
            var size = Math.Min(part, batch.Count - first);
            AddGradient(images.narrow(0, first, size), targets.narrow(0, first, size), weights.narrow(0, first, size), count);
        }
        Update(learningRate);
        _count += batch.Count;
    }

    public BatchMetrics ReadMetrics()
    {
        using var scope = NewDisposeScope();
        var values = _sums.cpu().data<double>();
        return new(_count, values[0], (long)values[1]);
    }

    public void ResetMetrics()
    {
        using var scope = NewDisposeScope();                                 // an operation in place gives a wrapper too
        _sums.zero_();
        _count = 0;
    }

    public void Score(ImageBatch batch, Span<float> probabilities)
    {
        if (batch.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = new TlbNetwork(_config, new WeightTensors(_average ?? _weights, _layout, _computeType));
        network.Forward(ImageTensors.From(batch, _config.ImageSize, _device)).cpu().data<float>().CopyTo(probabilities);
    }

    public void CopyWeightsTo(NetworkWeights weights)
    {
        using var scope = NewDisposeScope();
        (_average ?? _weights).detach().cpu().data<float>().CopyTo(weights.Values.AsSpan());
    }

    public SessionState SaveState()
    {
        using var scope = NewDisposeScope();
        return new()
        {
            Step = _step,
            OptimizerStep = (long)_optimizer.Steps.item<double>(),
            Metrics = ReadMetrics(),
            Weights = Values(_weights.detach()),
            Mean = Values(_optimizer.Mean),
            Variance = Values(_optimizer.Variance),
            Average = _average is null ? null : Values(_average),
            LossScale = _scaler?.Scale,
            LossScaleGoodSteps = _scaler?.GoodSteps ?? 0,
        };

        static float[] Values(Tensor tensor) => tensor.cpu().data<float>().ToArray();
    }

    public void RestoreState(SessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.ThrowIfNotFor(_layout.ValueCount, _average is not null);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        (_step, _count) = (state.Step, state.Metrics.Count);
        _optimizer.Steps.copy_(tensor((double)state.OptimizerStep, device: _device));
        _sums.copy_(tensor([state.Metrics.LossSum, state.Metrics.CorrectCount], device: _device));
        _weights.copy_(tensor(state.Weights, device: _device));
        _optimizer.Mean.copy_(tensor(state.Mean, device: _device));
        _optimizer.Variance.copy_(tensor(state.Variance, device: _device));
        _average?.copy_(tensor(state.Average!, device: _device));
        if (state.LossScale is { } scale)
            _scaler?.Restore(scale, state.LossScaleGoodSteps);
    }

    public void Dispose()
    {
        _scaler?.Dispose();
        _optimizer.Dispose();
        _sums.Dispose();
        _average?.Dispose();
        _weights.Dispose();
        _generator?.Dispose();
        _clipNorm?.Dispose();
    }

    /// <summary>Adds the gradient of some images of a batch, and their figures.</summary>
    /// <param name="images">[b, S, S, 3].</param>
    /// <param name="targets">[b, classes].</param>
    /// <param name="weights">[b].</param>
    /// <param name="count">The images of the whole batch, B.</param>
    private void AddGradient(Tensor images, Tensor targets, Tensor weights, Scalar count)
    {
        using var scope = NewDisposeScope();
        var network = new TlbNetwork(_config, new WeightTensors(_weights, _layout, _computeType), _dropout);
        var probabilities = network.Forward(images);                         // [b, classes]
        var loss = CrossEntropy.PerImage(probabilities, targets).mul(weights).sum();
        var mean = loss.div(count);                                          // []
        (_scaler?.Multiply(mean) ?? mean).backward();
        using var noGradient = no_grad();
        var correct = probabilities.argmax(1).eq(targets.argmax(1)).sum(ScalarType.Float64);
        _sums.add_(stack([loss.to(ScalarType.Float64), correct]));           // [2]
    }

    private void Update(float learningRate)
    {
        using var noGradient = no_grad();
        var gradient = _weights.grad ?? throw new InvalidOperationException("The loss has no gradient.");
        Tensor? isFinite = null;
        if (_scaler is not null)
            (gradient, isFinite) = _scaler.Unscale(gradient);
        if (_clipNorm is not null)
            gradient = gradient.mul(gradient.norm().add(TinyNorm).reciprocal().mul(_clipNorm).clamp_max(One));
        _optimizer.Step(gradient, learningRate, isFinite);
        _weights.grad = null;
        if (_average is not null)
            UpdateAverage(_average, isFinite);
    }

    private void UpdateAverage(Tensor average, Tensor? isFinite)
    {
        using Scalar limit = _options.AverageDecay!.Value;
        var decay = _optimizer.Steps.add(One).div(_optimizer.Steps.add(Ten)).clamp_max(limit); // []
        var moved = _weights.sub(average).mul(decay.neg().add(One)).add_(average); // [P]
        average.copy_(isFinite is null ? moved : moved.where(isFinite, average));
    }

    /// <summary>Seeds what dropout draws from: our own generator, and on a CUDA device the one it has.</summary>
    private void Seed(long seed)
    {
        if (_generator is null)
            cuda.manual_seed_all(seed);
        else
            _generator.manual_seed(seed);
    }

    /// <summary>32 mixed bits: libtorch's generator on the CPU takes no more.</summary>
    private static long SeedOf(int seed, long step)
    {
        var mixed = unchecked(((ulong)(uint)seed + (ulong)step * 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL);
        return (long)(mixed >> 32);
    }

    /// <summary>1 for the weights that are matrices, 0 for the others, [P].</summary>
    private Tensor Matrices()
    {
        var mask = new float[_layout.ValueCount];
        foreach (var parameter in _layout.Where(parameter => parameter.IsMatrix))
            mask.AsSpan(parameter.Offset, parameter.Count).Fill(1);
        return tensor(mask, device: _device);                                // [P]
    }
}
