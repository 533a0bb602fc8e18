namespace Tlb.Core;

/// <summary>What a training run made.</summary>
/// <param name="Weights">The weights: of the best epoch or the last, as the options say; their moving average where there is one.</param>
/// <param name="History">The metrics of each epoch.</param>
/// <param name="StopReason">Why the run ended.</param>
internal sealed record TrainingResult(NetworkWeights Weights, TrainingHistory History, StopReason StopReason)
{
    /// <summary>Gives the result of the first process to the others, which <see cref="Receive"/> it.</summary>
    public void Share(Ranks ranks)
    {
        ranks.Meet();
        ranks.ShareText(StopReason.ToString());
        ranks.ShareText(History.ToJson());
        ranks.Share(Weights.Values);
    }

    /// <summary>Takes the first process's result.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="network">The network.</param>
    public static TrainingResult Receive(Ranks ranks, TlbConfig network)
    {
        ranks.Meet();
        var reason = Enum.Parse<StopReason>(ranks.ShareText(""));
        var history = TrainingHistory.FromJson(ranks.ShareText(""));
        var weights = new NetworkWeights(network);
        ranks.Share(weights.Values);
        return new(weights, history, reason);
    }
}
