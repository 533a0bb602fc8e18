namespace Tlb.Core.Tests;

/// <summary>Notes which images it was given. Its "weights" are a digest of all steps: they tell whether two runs did the same.</summary>
internal sealed class RecordingEngine : IEngine
{
    public List<int[]> Batches { get; } = [];

    public List<float> Rates { get; } = [];

    public List<float[]> ImageWeights { get; } = [];

    public Precision Precision { get; set; } = Precision.Float32;

    public SessionOptions? Options { get; private set; }

    public int Started { get; private set; }

    public int Disposed { get; private set; }

    /// <summary>The loss of every image; null for its label.</summary>
    public float? Loss { get; set; }

    /// <summary>Called with the number of the step, before it counts.</summary>
    public Action<int>? OnStep { get; set; }

    /// <summary>Called with each step's batch.</summary>
    public Action<ImageBatch>? OnBatch { get; set; }

    /// <summary>The probability that a validation image's own class gets, by the number of steps done.</summary>
    public Func<long, float>? Confidence { get; set; }

    /// <summary>The probabilities that every validation image gets; null for those of <see cref="Confidence"/>.</summary>
    public float[]? Probabilities { get; set; }

    /// <summary>The scale of the loss that sessions begin with; it doubles after every second step. Null for a loss that is not scaled.</summary>
    public double? LossScale { get; set; }

    public string Description => "recording";

    public IScorer CreateScorer(NetworkWeights weights, long workMemory = WorkLimit.Default) => throw new NotSupportedException();

    public ITrainingSession StartTraining(NetworkWeights weights, SessionOptions options)
    {
        Started++;
        Options = options;
        return new Session(this, weights);
    }

    private sealed class Session(RecordingEngine engine, NetworkWeights initial) : ITrainingSession
    {
        private readonly float[] _weights = [.. initial.Values];
        private BatchMetrics _metrics;
        private long _step;
        private double? _lossScale = engine.LossScale;
        private int _goodSteps;

        public Precision Precision => engine.Precision;

        public void RunStep(ImageBatch batch, float learningRate)
        {
            var labels = batch.Labels.ToArray();
            engine.Batches.Add(labels);
            engine.Rates.Add(learningRate);
            engine.ImageWeights.Add(batch.Weights.ToArray());
            engine.OnStep?.Invoke(engine.Batches.Count);
            engine.OnBatch?.Invoke(batch);
            _metrics += new BatchMetrics(labels.Length, engine.Loss ?? labels.Sum(), labels.Count(label => label % 2 == 0));
            for (var i = 0; i < labels.Length; i++)
                _weights[i] = _weights[i] * 0.7f + learningRate * labels[i] * batch.Weights[i] + batch.Pixels[3 * i] * 1e-3f * (float)(_lossScale ?? 1);
            if (_lossScale is not null && ++_goodSteps == 2)
                (_lossScale, _goodSteps) = (_lossScale * 2, 0);
            _step++;
        }

        public BatchMetrics ReadMetrics() => _metrics;

        public void ResetMetrics() => _metrics = default;

        public void Score(ImageBatch batch, Span<float> probabilities)
        {
            probabilities.Clear();
            var classes = initial.Config.NumberOfClasses;
            for (var i = 0; i < batch.Count; i++)
            {
                if (engine.Probabilities is { } all)
                {
                    all.CopyTo(probabilities[(i * classes)..]);
                    continue;
                }
                var own = engine.Confidence?.Invoke(_step) ?? (batch.Labels[i] % 2 == 0 ? 1 : 0);
                probabilities[i * classes + batch.Labels[i]] = own;
                probabilities[i * classes + (batch.Labels[i] + 1) % classes] = 1 - own;
            }
        }

        public void CopyWeightsTo(NetworkWeights weights) => _weights.CopyTo(weights.Values, 0);

        public SessionState SaveState(SessionState? memory = null) => new()
        {
            Step = _step, OptimizerStep = _step, Metrics = _metrics, Weights = [.. _weights], Mean = [1], Variance = [2], LossScale = _lossScale, LossScaleGoodSteps = _goodSteps,
        };

        public void RestoreState(SessionState state)
        {
            (_step, _metrics, _lossScale, _goodSteps) = (state.Step, state.Metrics, state.LossScale, state.LossScaleGoodSteps);
            state.Weights.CopyTo(_weights, 0);
        }

        public void Dispose() => engine.Disposed++;
    }
}
