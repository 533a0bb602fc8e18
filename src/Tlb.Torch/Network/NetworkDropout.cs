using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The two dropouts of a network in training.</summary>
/// <param name="Attention">Drops attention probabilities.</param>
/// <param name="FeedForward">Drops outputs of feed-forward layers.</param>
internal sealed record NetworkDropout(Dropout Attention, Dropout FeedForward) : IDisposable
{
    /// <summary>The dropouts that a configuration asks for.</summary>
    /// <param name="config">The network.</param>
    /// <param name="computeType">The type of number that it computes in.</param>
    /// <param name="device">The device that it computes on.</param>
    /// <returns>The dropouts; null where both rates are 0.</returns>
    public static NetworkDropout? For(TlbConfig config, ScalarType computeType, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config is { AttentionDropout: 0, FeedForwardDropout: 0 }
            ? null
            : new(new(config.AttentionDropout, computeType, device), new(config.FeedForwardDropout, computeType, device));
    }

    /// <summary>Begins to draw anew.</summary>
    /// <param name="seed">What decides the random numbers from here on.</param>
    public void Seed(int seed)
    {
        Attention.Seed(seed);
        FeedForward.Seed(~seed);
    }

    /// <summary>Frees what was drawn.</summary>
    public void Dispose()
    {
        Attention.Dispose();
        FeedForward.Dispose();
    }
}
