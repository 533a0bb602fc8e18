using System.Diagnostics;

namespace Tlb.Core;

/// <summary>One training run: its place in the schedule, its metrics, its best weights.</summary>
/// <remarks>All that is random depends on the seed and on where the run is, never on how it got there: so a resumed run goes on to the same bits.</remarks>
internal sealed class TrainingRun
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan SnapshotInterval = TimeSpan.FromSeconds(2);

    private readonly ITrainingSession _session;
    private readonly TrainingBatches _batches;
    private readonly Validation? _validation;
    private readonly TrainingOptions _options;
    private readonly Action<string>? _log;
    private readonly Action<string>? _warn;
    private readonly CheckpointFolder? _checkpoints;
    private readonly IReadOnlyDictionary<string, string> _identity;          // of its checkpoints
    private readonly int _stepCount;
    private readonly Ranks? _ranks;                                          // of which this is the first
    private readonly CancellationToken _cancellation;
    private readonly Stopwatch _watch = new();
    private readonly Stopwatch _steps = new();
    private readonly List<EpochRecord> _history = [];
    private NetworkWeights _lastGood;
    private NetworkWeights _candidate;                                       // to be the last good ones
    private SessionState? _saved;                                            // whose memory the next checkpoint has
    private readonly EarlyStoppingTracker? _tracker;
    private NetworkWeights? _best;
    private TimeSpan _elapsedBefore;
    private TimeSpan _snapshotAt;
    private TimeSpan _checkpointAt;
    private int _epoch = 1;
    private int _step;                                                       // of the epoch

    public TrainingRun(
        ITrainingSession session, NetworkWeights initial, IImageSource training, IImageSource? validation, TrainingOptions options, int seed,
        CheckpointFolder? checkpoints, Action<string>? log, Action<string>? warn, Ranks? ranks = null)
    {
        (_session, _options, _checkpoints, _log, _warn, _ranks) = (session, options, checkpoints, log, warn, ranks);
        _cancellation = ranks?.Cancellation ?? options.CancellationToken;
        _validation = validation is null ? null : new(validation, options.BatchSize, initial.Config.NumberOfClasses);
        _batches = new(training, options, initial.Config, seed, ranks, session.ShareOf);
        _stepCount = _batches.StepCount;
        (_lastGood, _candidate) = (initial.Clone(), new(initial.Config));

        _identity = checkpoints is null ? new Dictionary<string, string>() : RunIdentity.Of(initial, training, validation, options, session.Precision, seed);
        var checkpoint = options.Resume ? checkpoints?.Load(_identity, warn) : null;
        var tracked = Restore(checkpoint);
        if (ranks is not null && options.Resume)
            Checkpoint.Share(ranks, checkpoint);
        // Without early stopping epochs are compared too: a cancelled run keeps the best.
        var watched = options.EarlyStopping ?? (validation is null ? null : new EarlyStopping { Patience = int.MaxValue, RestoreBestWeights = false });
        _tracker = watched is null ? null : new(watched, tracked);
    }

    private TimeSpan Elapsed => _elapsedBefore + _watch.Elapsed;

    private bool ShouldStop => _options.EarlyStopping is not null && _tracker!.ShouldStop;

    /// <summary>Runs to the end.</summary>
    public TrainingResult Run()
    {
        _watch.Start();
        _ranks?.Meet(ShouldStop);
        _checkpointAt = _snapshotAt = Elapsed;
        try
        {
            while (_epoch <= _options.Epoch && !ShouldStop)
                RunEpoch();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested && _options.CancellationBehavior == CancellationBehavior.ReturnBest)
        {
            _log?.Invoke($"Cancelled in epoch {_epoch}: {(_best is null ? "the weights as they are" : "the best weights so far")} are kept.");
            return Result(_best, StopReason.Cancelled);
        }
        if (_ranks is not null)
            _log?.Invoke(FormattableString.Invariant(
                $"Of {_steps.Elapsed.TotalSeconds:F1} s of steps rank 0 waited {_ranks.Waiting.TotalSeconds:F1} s for other ranks and moved gradients for {_ranks.Moving.TotalSeconds:F1} s."));
        var stopped = _epoch <= _options.Epoch;
        if (stopped)
            _log?.Invoke(FormattableString.Invariant($"Stopped after epoch {_epoch - 1}: {_options.EarlyStopping!.Metric} was best in epoch {_tracker!.State.BestEpoch}."));
        return Result(_options.EarlyStopping is { RestoreBestWeights: true } ? _best : null, stopped ? StopReason.EarlyStopping : StopReason.Completed);
    }

    /// <summary>The best weights, or where they are null those of now.</summary>
    private TrainingResult Result(NetworkWeights? best, StopReason reason)
    {
        var epoch = best is not null ? _tracker!.State.BestEpoch : _step == 0 && _history.Count > 0 ? _history[^1].Epoch : (int?)null;
        return new(best ?? Weights(), new() { Epochs = _history, ReturnedEpoch = epoch }, reason);
    }

    private void RunEpoch()
    {
        var began = Elapsed;
        var progress = RunSteps(began);
        _ranks?.Cancellation.ThrowIfCancellationRequested();                 // as the others do here
        var validation = _validation?.Measure(_session.Score, _cancellation);
        progress = progress with { Validation = validation, Elapsed = Elapsed, IsEndOfEpoch = true, Remaining = Remaining(began, _stepCount) };
        var record = Record(progress);
        if (_tracker?.Update(record) == true)
        {
            (record, progress) = (record with { IsBest = true }, progress with { IsBest = true });
            _best ??= new(_lastGood.Config);
            _session.CopyWeightsTo(_best);
        }
        _history.Add(record);
        (_epoch, _step) = (_epoch + 1, 0);
        _session.ResetMetrics();
        if ((_epoch - 1) % _options.CheckpointEveryEpochs == 0 || _epoch > _options.Epoch || ShouldStop || Elapsed - _checkpointAt >= _options.CheckpointInterval)
            SaveCheckpoint();
        _log?.Invoke(Line(progress));
        _options.MetricsCallback?.Invoke(progress);
        _ranks?.Meet(ShouldStop);
    }

    private TrainingProgress RunSteps(TimeSpan began)
    {
        var skipped = _step;
        var reported = Elapsed;
        using var feeder = _batches.Open(_epoch);
        for (var i = 0; i < skipped; i++)
            feeder.Next();
        var progress = Progress(began, skipped, default, 0);
        while (_step < _stepCount)
        {
            _cancellation.ThrowIfCancellationRequested();
            var rate = _options.RateAt(_epoch, _step, _stepCount);
            var batch = feeder.Next();
            _steps.Start();
            _session.RunStep(batch, rate);
            _steps.Stop();
            _step++;
            var isCheckpointDue = _checkpoints is not null && Elapsed - _checkpointAt >= _options.CheckpointInterval;
            if (_step < _stepCount && Elapsed - reported < ReportInterval && !isCheckpointDue)
                continue;                                                    // reading the loss waits for the device: not at every step

            reported = Elapsed;
            var metrics = _session.ReadMetrics();
            if (!double.IsFinite(metrics.LossSum) || (metrics.Count == 0 && _step == _stepCount))
                throw new TrainingDivergedException($"loss is {metrics.Loss}", _epoch, _step, rate, _lastGood);
            KeepLastGood(rate);
            progress = Progress(began, skipped, metrics, rate);
            if (_step == _stepCount)
                break;
            if (isCheckpointDue)
                SaveCheckpoint();
            _options.MetricsCallback?.Invoke(progress);
        }
        return progress;
    }

    private TrainingProgress Progress(TimeSpan began, int skipped, BatchMetrics metrics, float rate) => new()
    {
        Epoch = _epoch,
        EpochCount = _options.Epoch,
        Step = _step,
        StepCount = _stepCount,
        Training = metrics,
        LearningRate = rate,
        ImagesPerSecond = (metrics.Count - (long)skipped * _batches.BatchSize) / Math.Max(1e-9, (Elapsed - began).TotalSeconds),
        Elapsed = Elapsed,
        Remaining = _step == 0 ? null : Remaining(began, _step - skipped),
        IsEndOfEpoch = false,
    };

    /// <summary>By the pace of whole epochs, where there are any.</summary>
    private TimeSpan? Remaining(TimeSpan began, int steps)
    {
        var left = _options.Epoch - _epoch + 1 - (double)_step / _stepCount;
        var whole = _epoch > 1 ? began / (_epoch - 1) : TimeSpan.Zero;
        var ticks = left * (whole > TimeSpan.Zero ? whole.Ticks : (Elapsed - began).Ticks * ((double)_stepCount / Math.Max(1, steps)));
        return ticks < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
    }

    private static EpochRecord Record(TrainingProgress progress) => new()
    {
        Epoch = progress.Epoch,
        TrainingLoss = progress.Training.Loss,
        TrainingAccuracy = progress.Training.Accuracy,
        ValidationLoss = progress.Validation?.Loss,
        ValidationAccuracy = progress.Validation?.Accuracy,
        ValidationTop5Accuracy = progress.Validation?.Top5Accuracy,
        ValidationMacroAccuracy = progress.Validation?.MacroAccuracy,
        LearningRate = progress.LearningRate,
        ImagesPerSecond = progress.ImagesPerSecond,
        Elapsed = progress.Elapsed,
    };

    private static string Line(TrainingProgress progress)
    {
        var validation = progress.Validation is { } v ? FormattableString.Invariant($", validation loss {v.Loss:F4}, accuracy {v.Accuracy:P2}{(progress.IsBest ? " (best)" : "")}") : "";
        return FormattableString.Invariant(
            $"Epoch {progress.Epoch} of {progress.EpochCount}: training loss {progress.Training.Loss:F4}, accuracy {progress.Training.Accuracy:P2}{validation}, learning rate {progress.LearningRate:G3} ({progress.ImagesPerSecond:F0} images/s).");
    }

    private void KeepLastGood(float rate)
    {
        if (Elapsed - _snapshotAt < SnapshotInterval && _step < _stepCount)
            return;
        _session.CopyWeightsTo(_candidate);
        if (!_candidate.Values.All(float.IsFinite))
        {
            if (_step < _stepCount)
                return;                                                      // the last update spoilt them: the next loss will show it
            throw new TrainingDivergedException("largest weight is no finite number", _epoch, _step, rate, _lastGood);
        }
        (_lastGood, _candidate) = (_candidate, _lastGood);
        _snapshotAt = Elapsed;
    }

    private NetworkWeights Weights()
    {
        var weights = new NetworkWeights(_lastGood.Config);
        _session.CopyWeightsTo(weights);
        return weights;
    }

    private void SaveCheckpoint()
    {
        if (_checkpoints is null)
            return;
        var state = _saved = _session.SaveState(_saved);
        if (!state.Weights.All(float.IsFinite))
            return;                                                          // the next loss will show it
        try
        {
            _checkpoints.Save(new(
                new() { Run = _identity, Epoch = _epoch, Step = _step, Elapsed = Elapsed, History = new() { Epochs = _history }, Tracker = _tracker?.State },
                state, _best?.Values));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warn?.Invoke($"A checkpoint could not be written {(_step == 0 ? $"after epoch {_epoch - 1}" : $"in epoch {_epoch}")}; the training goes on, and tries again at the next: {e.Message}");
        }
        _checkpointAt = Elapsed;
    }

    /// <summary>Goes on from a checkpoint.</summary>
    /// <returns>What early stopping had seen.</returns>
    private EarlyStoppingState? Restore(Checkpoint? checkpoint)
    {
        if (checkpoint is null)
            return null;
        var position = checkpoint.Position;
        var begun = position.Step > 0 ? position.Epoch : position.Epoch - 1;
        if (begun > _options.Epoch)
            throw new InvalidDataException(
                $"The run in CheckpointFolder '{_options.CheckpointFolder}' has come to epoch {begun}, and Epoch is {_options.Epoch}; expected {begun} or more, or another folder.");
        _session.RestoreState(checkpoint.Session);
        (_epoch, _step, _elapsedBefore) = (position.Epoch, position.Step, position.Elapsed);
        _history.AddRange(position.History.Epochs);
        if (checkpoint.BestWeights is { } best)
            best.CopyTo((_best = new(_lastGood.Config)).Values, 0);
        _session.CopyWeightsTo(_lastGood);
        _log?.Invoke(FormattableString.Invariant($"Resumed at epoch {_epoch}, after step {_step} of {_stepCount}."));
        if (RunIdentity.EpochCount(position.Run) is { } before && before != RunIdentity.EpochCount(_identity))
            _log?.Invoke($"The run was to have {before} epochs and has {_options.Epoch}: from here on the learning rate is that of a run of {_options.Epoch}.");
        return position.Tracker;
    }
}
