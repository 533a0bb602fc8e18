namespace Tlb.Core;

/// <summary>
/// Tries learning rates in a short training run that raises the rate from step to step (the range test of Smith, 2017, arXiv 1506.01186;
/// fastai: <c>lr_find</c>, PyTorch Lightning: <c>Tuner.lr_find</c>).
/// </summary>
internal sealed class LearningRateFinder
{
    private const double Smoothing = 0.98;                                   // of the average of the losses, as in fastai and Lightning
    private const double WorstRatio = 4;                                     // likewise

    private readonly IEngine _engine;
    private readonly TrainingOptions _options;
    private readonly float _lowest;
    private readonly float _highest;
    private readonly int _stepCount;

    /// <summary>Makes a finder.</summary>
    /// <param name="engine">What computes the network.</param>
    /// <param name="options">
    /// How the network is going to be trained. Its rate, schedule, epochs, early stopping, checkpoints and callback play no part.
    /// </param>
    /// <param name="lowest">The rate of the first step, above 0.</param>
    /// <param name="highest">The rate of the last step, above <paramref name="lowest"/>.</param>
    /// <param name="stepCount">The steps, a batch each; 2 or more.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rates or the steps are out of range.</exception>
    public LearningRateFinder(IEngine engine, TrainingOptions options, float lowest, float highest, int stepCount)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        InvalidOptions.ThrowIfAny(options.GetType().Name, options.Validate());
        if (!(lowest > 0) || !float.IsFinite(lowest))
            throw new ArgumentOutOfRangeException(nameof(lowest), lowest, "Expected a number above 0.");
        if (!(highest > lowest) || !float.IsFinite(highest))
            throw new ArgumentOutOfRangeException(nameof(highest), highest, FormattableString.Invariant($"Expected a number above the lowest rate, {lowest}."));
        ArgumentOutOfRangeException.ThrowIfLessThan(stepCount, 2);
        (_engine, _options, _lowest, _highest, _stepCount) = (engine, options, lowest, highest, stepCount);
    }

    /// <summary>
    /// Trains for a step at each of a geometric sequence of rates, and ends early once the smoothed loss is more than four times its lowest, or no
    /// finite number. Nothing is kept but the losses.
    /// </summary>
    /// <param name="initial">The weights to start from; they stay as they are.</param>
    /// <param name="training">The images to train on, 1 or more; gone through as often as the steps ask for, in another order each time.</param>
    /// <param name="seed">The seed of all that is random here: that of the training to come gives its first batches.</param>
    /// <returns>The losses by rate, and a suggestion.</returns>
    /// <exception cref="ArgumentException">Options and data don't fit together.</exception>
    /// <exception cref="ArithmeticException">The loss is no finite number at the lowest rate already.</exception>
    /// <exception cref="OperationCanceledException">The options' cancellation token was set.</exception>
    public LearningRateCurve Find(NetworkWeights initial, IImageSource training, int seed)
    {
        ArgumentNullException.ThrowIfNull(initial);
        ArgumentNullException.ThrowIfNull(training);
        InvalidOptions.ThrowIfAny(_options.GetType().Name, TrainingBatches.Check(training, _options, initial.Config.NumberOfClasses).Problems);

        var batches = new TrainingBatches(training, _options, initial.Config, seed);
        using var session = _engine.StartTraining(initial, _options.ForSession(seed));
        var points = new List<LearningRatePoint>();
        for (var epoch = 1; points.Count < _stepCount; epoch++)
        {
            using var feeder = batches.Open(epoch);
            for (var i = 0; i < batches.StepCount && points.Count < _stepCount; i++)
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                var rate = (float)(_lowest * Math.Pow((double)_highest / _lowest, points.Count / (_stepCount - 1.0)));
                if (!TryAdd(points, rate, RunStep(session, feeder.Next(), rate)))
                    return new(points);
            }
        }
        return new(points);
    }

    private static double RunStep(ITrainingSession session, ImageBatch batch, float rate)
    {
        session.ResetMetrics();
        session.RunStep(batch, rate);
        return session.ReadMetrics().Loss;
    }

    /// <summary>Adds a step's loss.</summary>
    /// <returns>Whether to go on.</returns>
    private static bool TryAdd(List<LearningRatePoint> points, float rate, double loss)
    {
        if (!double.IsFinite(loss))
            return points.Count > 0 ? false
                : throw new ArithmeticException(FormattableString.Invariant($"The loss is {loss} before the first update. Inputs between 0 and 1 help; initial weights must be finite numbers."));
        // The average begins at zero; divided by the weights that losses have in it, it is theirs alone.
        var before = points.Count == 0 ? 0 : points[^1].SmoothedLoss * (1 - Math.Pow(Smoothing, points.Count));
        var smoothed = (Smoothing * before + (1 - Smoothing) * loss) / (1 - Math.Pow(Smoothing, points.Count + 1));
        points.Add(new(rate, loss, smoothed));
        return smoothed <= WorstRatio * points.Min(point => point.SmoothedLoss);
    }
}
