namespace Tlb.Core;

/// <summary>The part of all processes but the first in a run of several: the steps. What is between them is the first's: <see cref="TrainingRun"/>.</summary>
internal sealed class TrainingFollower(ITrainingSession session, NetworkWeights initial, IImageSource training, TrainingOptions options, int seed, Ranks ranks)
{
    /// <summary>Runs to the end.</summary>
    /// <returns>The first's result.</returns>
    public TrainingResult Run()
    {
        var batches = new TrainingBatches(training, options, initial.Config, seed, ranks, session.ShareOf);
        var (epoch, step) = (1, 0);
        if (options.Resume && Checkpoint.Receive(ranks, initial.Values.Length, options.AverageDecay is not null) is var (position, state))
        {
            session.RestoreState(state);
            (epoch, step) = (position.Epoch, position.Step);
        }
        try
        {
            for (var stops = ranks.Meet(); epoch <= options.Epoch && !stops; stops = ranks.Meet())
            {
                using var feeder = batches.Open(epoch);
                for (var i = 0; i < step; i++)
                    feeder.Next();
                for (; step < batches.StepCount; step++)
                {
                    ranks.Cancellation.ThrowIfCancellationRequested();
                    session.RunStep(feeder.Next(), options.RateAt(epoch, step, batches.StepCount));
                }
                ranks.Cancellation.ThrowIfCancellationRequested();
                (epoch, step) = (epoch + 1, 0);
            }
        }
        catch (OperationCanceledException) when (ranks.Cancellation.IsCancellationRequested && options.CancellationBehavior == CancellationBehavior.ReturnBest)
        {
            // The first has the best weights.
        }
        return TrainingResult.Receive(ranks, initial.Config);
    }
}
