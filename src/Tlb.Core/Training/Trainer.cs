namespace Tlb.Core;

/// <summary>Trains networks: epochs, shuffling, schedules, validation, early stopping, checkpoints and progress, for any engine.</summary>
internal sealed class Trainer
{
    private readonly IEngine _engine;
    private readonly TrainingOptions _options;
    private readonly Action<string>? _log;
    private readonly Action<string>? _warn;
    private readonly Ranks? _ranks;

    /// <summary>Makes a trainer.</summary>
    /// <param name="engine">What computes the network.</param>
    /// <param name="options">How to train.</param>
    /// <param name="log">Receives a line per epoch, and what else is worth knowing. Default null.</param>
    /// <param name="warn">Receives a line for what went wrong without ending the run. Default null: it goes to <paramref name="log"/>.</param>
    /// <param name="ranks">The processes that train together, each with the same options and data; null for this one alone.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public Trainer(IEngine engine, TrainingOptions options, Action<string>? log = null, Action<string>? warn = null, Ranks? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        InvalidOptions.ThrowIfAny(options.GetType().Name, options.Validate());
        (_engine, _options, _log, _warn, _ranks) = (engine, options, log, warn ?? log, ranks);
    }

    /// <summary>Trains a network.</summary>
    /// <param name="initial">The weights to start from; they stay as they are.</param>
    /// <param name="training">The images to train on; 1 or more.</param>
    /// <param name="validation">The images to measure on after each epoch, or null for none. Of several processes the first measures.</param>
    /// <param name="seed">The seed of all that is random here: the order of the images in each epoch, augmentation, and dropout.</param>
    /// <returns>The weights and the metrics of each epoch.</returns>
    /// <exception cref="ArgumentException">Options and data don't fit together.</exception>
    /// <exception cref="OperationCanceledException">The options' cancellation token was set, and nothing was to be kept.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a finite number; the message says where and what helps.</exception>
    /// <exception cref="InvalidDataException">The checkpoint folder holds other checkpoints than those of this run, or those of more epochs than it has.</exception>
    /// <exception cref="IOException">The checkpoint folder can't be written to, or another run writes to it.</exception>
    /// <exception cref="RankFailedException">Another of the processes has failed, or has other options or data.</exception>
    public TrainingResult Fit(NetworkWeights initial, IImageSource training, IImageSource? validation, int seed)
    {
        ArgumentNullException.ThrowIfNull(initial);
        ArgumentNullException.ThrowIfNull(training);
        if (_ranks is null)
            return Run(initial, training, validation, seed, _engine.Description);
        _ranks.ThrowIfDifferent(RunIdentity.OfRank(initial, training, _options, seed));
        if (!_ranks.IsFirst)
        {
            using var session = _engine.StartTraining(initial, _options.ForSession(seed, _ranks));
            return new TrainingFollower(session, initial, training, _options, seed, _ranks).Run();
        }
        var result = Run(initial, training, validation, seed, $"{_ranks.Count} x {_engine.Description}");
        result.Share(_ranks);
        return result;
    }

    private TrainingResult Run(NetworkWeights initial, IImageSource training, IImageSource? validation, int seed, string engine)
    {
        CheckData(initial.Config, training, validation);
        using var checkpoints = CheckpointFolder.Open(_options);
        using var session = _engine.StartTraining(initial, _options.ForSession(seed, _ranks));
        var result = new TrainingRun(session, initial, training, validation, _options, seed, checkpoints, _log, _warn, _ranks).Run();
        return result with { History = result.History.On(engine) };
    }

    private void CheckData(TlbConfig network, IImageSource training, IImageSource? validation)
    {
        var check = TrainingBatches.Check(training, _options, network.NumberOfClasses);
        if (validation is { Count: 0 })
            check.Problems.Add("The validation set has no images; expected 1 or more, or no validation set.");
        if (_options.EarlyStopping is { NeedsValidation: true, Metric: var metric } && validation is null)
            check.Add("EarlyStopping.Metric", $"is {metric}; expected TrainingLoss or TrainingAccuracy, or a validation set.");
        InvalidOptions.ThrowIfAny(_options.GetType().Name, check.Problems);
    }
}
