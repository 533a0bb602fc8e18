using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Trains a network with TorchSharp's automatic differentiation.</summary>
internal sealed class TorchTrainingSession : ITrainingSession
{
    private static readonly Scalar Ten = 10f.ToScalar();
    private static readonly Scalar TinyNorm = 1e-12f.ToScalar();

    private readonly TlbConfig _config;
    private readonly ParameterLayout _layout;
    private readonly SessionOptions _options;
    private readonly Device _device;
    private readonly ComputeType _computeType;
    private readonly NetworkConstants _constants;
    private readonly NetworkDropout? _dropout;
    private readonly Scalar? _clipNorm;
    private readonly Tensor _weights;                                        // [P], the leaf that gradients flow to
    private readonly Tensor? _average;                                       // [P]
    private readonly Tensor _sums;                                           // [3]: the images, their losses and how many were correct since the last reset
    private readonly IOptimizer _optimizer;
    private readonly LossScaler? _scaler;
    private TorchScorer? _scorer;                                            // of the weights as they are now
    private readonly long _mostImages;                                       // at once, as many as there is working memory for
    private long _step;
    private bool _isDisposed;

    public TorchTrainingSession(NetworkWeights weights, SessionOptions options, Device device, ComputeType computeType)
    {
        if (device.type == DeviceType.CPU)
            WorkLimit.ThrowIfOver(options.WorkMemory, weights.Config, "Training on an image", PassSize.TrainingBytes);
        (_config, _layout, _options, _device, _computeType) = (weights.Config, weights.Layout, options, device, computeType);
        _mostImages = device.type == DeviceType.CPU ? options.WorkMemory / PassSize.TrainingBytes(_config) : long.MaxValue;
        _dropout = NetworkDropout.For(_config, computeType.Type, device);
        _clipNorm = options.GradientClipNorm?.ToScalar();
        _weights = WeightTensors.Flatten(weights, device).requires_grad_().DetachFromDisposeScope();
        _average = options.AverageDecay is null ? null : WeightTensors.Flatten(weights, device).DetachFromDisposeScope();
        _sums = zeros(3, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        _scaler = computeType.Type == ScalarType.Float16 ? new LossScaler(device) : null;
        using var scope = NewDisposeScope();
        _constants = new NetworkConstants(_config, computeType.Type, device).DetachFromDisposeScope();
        var decayed = options.DecayAllWeights ? null : Matrices();
        _optimizer = options.Optimizer == OptimizerKind.Muon
            ? new Muon(_weights, HiddenMatrix.Of(_layout), options.WeightDecay, decayed)
            : new AdamW(_weights, options.WeightDecay, decayed);
    }

    public Precision Precision => _computeType.Precision;

    public void RunStep(ImageBatch batch, float learningRate)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfNoStep(batch, learningRate, _config);
        ForgetScorer();
        using var scope = NewDisposeScope();
        using var gradient = enable_grad();                                  // the caller may have switched it off
        using var products = _computeType.AllowTensorFloat32();
        using var convolutions = ExactConvolutions.For(_config, _computeType, _device);
        _step++;
        _dropout?.Seed(SeedOf(_options.Seed, _step));                        // anew for each step, so that a resumed run draws the same
        var images = batch.IsAugmented
            ? AugmentedImages.From(batch, _config.ImageSize, _device)
            : ImageTensors.From(batch, _config.ImageSize, _device);          // [B, S, S, 3]
        var targets = CrossEntropy.Targets(batch, _config.NumberOfClasses, _options.LabelSmoothing, _device); // [B, classes]
        ReadOnlySpan<float> exampleWeights = batch.Weights;
        var weights = exampleWeights.ToTensor([batch.Count], ScalarType.Float32, _device); // [B]
        using var count = ((float)batch.Count).ToScalar();

        var folded = FoldedWeights.Fold(_config, new WeightTensors(_weights, _layout), _computeType.Type); // [F]
        var leaf = folded.detach().requires_grad_();                         // [F]: gradients of the batch's parts add up here
        var part = Math.Min(batch.Count, _options.MicroBatchSize ?? batch.Count);
        if (part > _mostImages)
            WorkLimit.ThrowIfOver(_options.WorkMemory, _config, FormattableString.Invariant($"Training on {part} images at once (MicroBatchSize)"), config => part * PassSize.TrainingBytes(config));
        for (var first = 0; first < batch.Count; first += part)
        {
            var size = Math.Min(part, batch.Count - first);
            AddGradient(leaf, images.narrow(0, first, size), targets.narrow(0, first, size), weights.narrow(0, first, size), count);
        }
        autograd.backward(folded, leaf.grad!);                               // and go on from there to the weights
        Update(learningRate);
    }

    public BatchMetrics ReadMetrics()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var values = _sums.ToArray<double>();
        return new((long)values[0], values[1], (long)values[2]);
    }

    public void ResetMetrics()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var scope = NewDisposeScope();                                 // an operation in place gives a wrapper too
        _sums.zero_();
    }

    public void Score(ImageBatch batch, Span<float> probabilities)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _scorer ??= new(_config, _layout, _average ?? _weights, _computeType, _options.WorkMemory);
        _scorer.Score(batch, probabilities);
    }

    public void CopyWeightsTo(NetworkWeights weights)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfOfAnother(weights, _config);
        (_average ?? _weights).CopyTo(weights.Values.AsSpan());
    }

    public SessionState SaveState(SessionState? memory = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var scope = NewDisposeScope();
        return new()
        {
            Step = _step,
            OptimizerStep = (long)_optimizer.Steps.item<double>(),
            Metrics = ReadMetrics(),
            Weights = Copy(_weights, memory?.Weights),
            Mean = Copy(_optimizer.Mean, memory?.Mean),
            Variance = Copy(_optimizer.Variance, memory?.Variance),
            Average = _average is null ? null : Copy(_average, memory?.Average),
            LossScale = _scaler?.Scale,
            LossScaleGoodSteps = _scaler?.GoodSteps ?? 0,
        };

        static float[] Copy(Tensor tensor, float[]? target)
        {
            target ??= new float[tensor.numel()];
            tensor.CopyTo(target.AsSpan());
            return target;
        }
    }

    public void RestoreState(SessionState state)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(state);
        state.ThrowIfNotFor(_layout.ValueCount, _average is not null);
        ForgetScorer();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _step = state.Step;
        Set<double>(_optimizer.Steps, [state.OptimizerStep]);
        Set<double>(_sums, [state.Metrics.Count, state.Metrics.LossSum, state.Metrics.CorrectCount]);
        Set<float>(_weights, state.Weights);
        Set<float>(_optimizer.Mean, state.Mean);
        Set<float>(_optimizer.Variance, state.Variance);
        if (_average is not null)
            Set<float>(_average, state.Average);
        if (state.LossScale is { } scale)
            _scaler?.Restore(scale, state.LossScaleGoodSteps);

        static void Set<T>(Tensor target, ReadOnlySpan<T> values) where T : unmanaged => target.copy_(values.ToTensor(target.shape, target.dtype, target.device));
    }

    public void Dispose()
    {
        _isDisposed = true;
        ForgetScorer();
        _constants.Dispose();
        _dropout?.Dispose();
        _scaler?.Dispose();
        _optimizer.Dispose();
        _sums.Dispose();
        _average?.Dispose();
        _weights.Dispose();
        _clipNorm?.Dispose();
    }

    /// <summary>Adds the gradient of some images of a batch, and their metrics.</summary>
    /// <param name="folded">The folded weights, [F].</param>
    /// <param name="images">[b, S, S, 3].</param>
    /// <param name="targets">[b, classes].</param>
    /// <param name="weights">[b].</param>
    /// <param name="count">The images of the whole batch, B.</param>
    private void AddGradient(Tensor folded, Tensor images, Tensor targets, Tensor weights, Scalar count)
    {
        using var scope = NewDisposeScope();
        var network = new TlbNetwork(_config, new FoldedWeights(_config, folded, _computeType.Type, _constants), _dropout);
        var probabilities = network.Forward(images);                         // [b, classes]
        var loss = CrossEntropy.PerImage(probabilities, targets).mul(weights).sum();
        var mean = loss.div(count);                                          // []
        (_scaler?.Multiply(mean) ?? mean).backward();
        using var noGradient = no_grad();
        var correct = probabilities.argmax(1).eq(targets.argmax(1)).sum(ScalarType.Float64);
        using var size = ((double)images.size(0)).ToScalar();
        var metrics = stack([full_like(correct, size), loss.to(ScalarType.Float64), correct]); // [3]
        if (_scaler is not null)                                             // 16 bits overflow: the step is left out, and so are its images
            metrics = metrics.where(loss.isfinite(), zeros_like(metrics));
        _sums.add_(metrics, Scalars.One);
    }

    private void Update(float learningRate)
    {
        using var noGradient = no_grad();
        var gradient = _weights.grad ?? throw new InvalidOperationException("The loss has no gradient.");
        Tensor? isFinite = null;
        if (_scaler is not null)
            (gradient, isFinite) = _scaler.Unscale(gradient);
        if (_clipNorm is not null)
            gradient = gradient.mul(gradient.norm().add(TinyNorm, Scalars.One).reciprocal().mul(_clipNorm).clamp_max(Scalars.One));
        _optimizer.Step(gradient, learningRate, isFinite);
        _weights.grad = null;
        if (_average is not null)
            UpdateAverage(_average, isFinite);
    }

    private void UpdateAverage(Tensor average, Tensor? isFinite)
    {
        using var limit = _options.AverageDecay!.Value.ToScalar();
        var decay = _optimizer.Steps.add(Scalars.One, Scalars.One).div(_optimizer.Steps.add(Ten, Scalars.One)).clamp_max(limit); // []
        var moved = _weights.sub(average).mul(decay.neg().add(Scalars.One, Scalars.One)).add_(average, Scalars.One); // [P]
        average.copy_(isFinite is null ? moved : moved.where(isFinite, average));
    }

    private void ForgetScorer()
    {
        _scorer?.Dispose();
        _scorer = null;
    }

    private static int SeedOf(int seed, long step)
    {
        var mixed = unchecked(((ulong)(uint)seed + (ulong)step * 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL);
        return (int)(mixed >> 32);
    }

    /// <summary>1 for the weights that are matrices, 0 for the others, [P].</summary>
    private Tensor Matrices()
    {
        var mask = new float[_layout.ValueCount];
        foreach (var parameter in _layout.Where(parameter => parameter.IsMatrix))
            mask.AsSpan(parameter.Offset, parameter.Count).Fill(1);
        return new ReadOnlySpan<float>(mask).ToTensor([mask.Length], ScalarType.Float32, _device); // [P]
    }
}
