using System.Diagnostics;

namespace Tlb.Core;

/// <summary>The training loop: epochs, shuffling, batches, validation and progress, for any engine.</summary>
public sealed class Trainer
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.1);

    private readonly IEngine _engine;
    private readonly TrainingOptions _options;

    /// <summary>Makes a trainer.</summary>
    /// <param name="engine">What computes the network.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public Trainer(IEngine engine, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        InvalidOptions.ThrowIfAny(nameof(TrainingOptions), options.Validate());
        (_engine, _options) = (engine, options);
    }

    /// <summary>Trains a network.</summary>
    /// <param name="initial">The weights to start from; they stay as they are.</param>
    /// <param name="training">The images to train on; 1 or more.</param>
    /// <param name="validation">The images to measure on after each epoch, or null for none.</param>
    /// <param name="seed">The seed of all that is random here: the order of the images in each epoch, and dropout.</param>
    /// <returns>The weights after the last epoch.</returns>
    /// <exception cref="OperationCanceledException">The options' cancellation token was set.</exception>
    /// <exception cref="ArithmeticException">The loss is no longer a finite number; the message says where and what helps.</exception>
    public NetworkWeights Fit(NetworkWeights initial, IImageSource training, IImageSource? validation, int seed)
    {
        ArgumentNullException.ThrowIfNull(initial);
        ArgumentNullException.ThrowIfNull(training);
        var random = new Random(seed);
        var batch = new ImageBatch(training.Layout, Math.Clamp(_options.BatchSize, 1, Math.Max(1, training.Count)));
        var watch = Stopwatch.StartNew();

        using var session = _engine.StartTraining(initial, new() { WeightDecay = _options.WeightDecay, Seed = random.Next() });
        for (var epoch = 1; epoch <= _options.Epoch; epoch++)
        {
            var metrics = RunEpoch(session, training, random.Next(), batch, epoch, watch, out var progress);
            _options.MetricsCallback?.Invoke(progress with
            {
                Training = metrics,
                Validation = validation is null ? null : ClassificationMetrics.Of(validation, _options.BatchSize, initial.Config.NumberOfClasses, session.Score, _options.CancellationToken),
                Elapsed = watch.Elapsed,
                IsEndOfEpoch = true,
            });
        }
        var trained = new NetworkWeights(initial.Config);
        session.CopyWeightsTo(trained);
        return trained;
    }

    private BatchMetrics RunEpoch(
        ITrainingSession session, IImageSource images, int seed, ImageBatch batch, int epoch, Stopwatch watch, out TrainingProgress progress)
    {
        var stepCount = (images.Count + batch.Capacity - 1) / batch.Capacity;
        using var reader = images.Read(seed);
        var metrics = default(BatchMetrics);
        var (began, reported) = (watch.Elapsed, watch.Elapsed);
        progress = Progress(0);
        for (var step = 1; step <= stepCount; step++)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            reader.Fill(batch);
            session.RunStep(batch, _options.LearningRate);
            if (step < stepCount && watch.Elapsed - reported < ReportInterval)
                continue;                                                    // reading the loss waits for the device: not at every step

            metrics += session.TakeMetrics();
            reported = watch.Elapsed;
            progress = Progress(step);
            if (!double.IsFinite(metrics.LossSum))
                throw new ArithmeticException(FormattableString.Invariant(
                    $"The loss is {metrics.LossSum} after step {step} of epoch {epoch}, at learning rate {_options.LearningRate}. A lower learning rate helps, and inputs between 0 and 1."));
            if (step < stepCount)
                _options.MetricsCallback?.Invoke(progress);
        }
        return metrics;

        TrainingProgress Progress(int step) => new()
        {
            Epoch = epoch,
            EpochCount = _options.Epoch,
            Step = step,
            StepCount = stepCount,
            Training = metrics,
            LearningRate = _options.LearningRate,
            ImagesPerSecond = metrics.Count / Math.Max(1e-9, (watch.Elapsed - began).TotalSeconds),
            Elapsed = watch.Elapsed,
            IsEndOfEpoch = false,
        };
    }
}
