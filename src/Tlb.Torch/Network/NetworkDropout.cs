using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The two dropouts of a network in training.</summary>
/// <param name="Attention">Drops attention probabilities.</param>
/// <param name="FeedForward">Drops outputs of feed-forward layers.</param>
public sealed record NetworkDropout(Dropout Attention, Dropout FeedForward)
{
    /// <summary>The dropouts that a configuration asks for.</summary>
    /// <param name="config">The network.</param>
    /// <param name="generator">Where the random numbers come from; null for the device's own generator.</param>
    /// <returns>The dropouts; null where both rates are 0.</returns>
    public static NetworkDropout? For(TlbConfig config, Generator? generator)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config is { AttentionDropout: 0, FeedForwardDropout: 0 }
            ? null
            : new(new(config.AttentionDropout, generator), new(config.FeedForwardDropout, generator));
    }
}
