namespace Tlb.Core;

/// <summary>Follows one training run and says which epoch is the best and when to stop.</summary>
internal sealed class EarlyStoppingTracker
{
    private readonly EarlyStopping _options;

    /// <summary>Starts following a run.</summary>
    /// <param name="options">What to watch; the tracker keeps a copy.</param>
    /// <param name="state">Where a run that was interrupted goes on, or null for a new one.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public EarlyStoppingTracker(EarlyStopping options, EarlyStoppingState? state = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        InvalidOptions.ThrowIfAny(nameof(EarlyStopping), options.Validate());
        (_options, State) = (options with { }, state ?? new());
    }

    /// <summary>What is known after the last epoch.</summary>
    public EarlyStoppingState State { get; private set; }

    /// <summary>Whether training should stop: <see cref="EarlyStopping.Patience"/> epochs in a row brought no improvement.</summary>
    public bool ShouldStop => State.EpochsWithoutImprovement >= _options.Patience;

    /// <summary>Takes in an epoch. A metric that is not a finite number is never better.</summary>
    /// <param name="epoch">The epoch's metrics; <see cref="EpochRecord.IsBest"/> is not read.</param>
    /// <returns>Whether it is the best so far. Of equal epochs the first is.</returns>
    /// <exception cref="ArgumentException">The metric that is watched was not measured.</exception>
    public bool Update(EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        var metric = MetricOf(epoch);
        var isBest = IsBetter(metric, State.Best, 0);
        var improves = IsBetter(metric, State.Reference, _options.MinimumChange);
        State = new()
        {
            Best = isBest ? metric : State.Best,
            BestEpoch = isBest ? epoch.Epoch : State.BestEpoch,
            Reference = improves ? metric : State.Reference,
            EpochsWithoutImprovement = improves ? 0 : State.EpochsWithoutImprovement + 1,
        };
        return isBest;
    }

    private bool IsBetter(double metric, double? than, double minimumChange)
    {
        if (!double.IsFinite(metric) || than is not { } other)
            return double.IsFinite(metric);                                  // the first finite metric is the best, whatever it is
        var gain = _options.Metric is EarlyStoppingMetric.ValidationLoss or EarlyStoppingMetric.TrainingLoss ? other - metric : metric - other;
        return gain > minimumChange;
    }

    private double MetricOf(EpochRecord epoch)
    {
        var metric = _options.Metric switch
        {
            EarlyStoppingMetric.ValidationLoss => epoch.ValidationLoss,
            EarlyStoppingMetric.ValidationAccuracy => epoch.ValidationAccuracy,
            EarlyStoppingMetric.ValidationTop5Accuracy => epoch.ValidationTop5Accuracy,
            EarlyStoppingMetric.ValidationMacroAccuracy => epoch.ValidationMacroAccuracy,
            EarlyStoppingMetric.TrainingLoss => epoch.TrainingLoss,
            _ => epoch.TrainingAccuracy,
        };
        return metric ?? throw new ArgumentException(FormattableString.Invariant(
            $"EarlyStopping watches {_options.Metric}, which epoch {epoch.Epoch} does not have. Give a validation set, or watch TrainingLoss."), nameof(epoch));
    }
}
