using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The numbers of a network that are not learned, on a device.</summary>
/// <remarks>The tensors belong to the dispose scope they were made in, until they are detached.</remarks>
internal sealed class NetworkConstants : IDisposable
{
    /// <summary>Makes what a network has of them.</summary>
    /// <param name="config">The network.</param>
    /// <param name="computeType">The type of number that it computes in.</param>
    /// <param name="device">The device that it computes on.</param>
    public NetworkConstants(TlbConfig config, ScalarType computeType, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.ChunkOrder != ChunkOrder.Strips)
            Order = new ReadOnlySpan<long>([.. TokenOrder.Of(config).Select(place => (long)place)]).ToTensor([config.TokenCount], ScalarType.Int64, device);
        if (config.Positions == PositionKind.Sinusoidal)
            Positions = Sinusoids(config.TokenCount);
        if (config.AddsStatePlaces)
            StatePlaces = Sinusoids(config.NumberOfStates);

        Tensor Sinusoids(int places)
        {
            var (d, values) = (config.EmbeddingDimension, new double[places * config.EmbeddingDimension]);
            for (var i = 0; i < values.Length; i++)
                values[i] = SinusoidalEmbedding.At(i / d, i % d, d);
            return new ReadOnlySpan<double>(values).ToTensor([places, d], ScalarType.Float64, device).to(computeType); // [places, D]
        }
    }

    /// <summary>The place on the grid of each token in the order of reading, [N]; null where that is its own.</summary>
    public Tensor? Order { get; }

    /// <summary>The sines and cosines of each token's place, [N, D]; null where positions are learned.</summary>
    public Tensor? Positions { get; }

    /// <summary>The sines and cosines of each state vector's place, [S, D]; null where they are not told apart so.</summary>
    public Tensor? StatePlaces { get; }

    /// <summary>Keeps the tensors until this is disposed.</summary>
    public NetworkConstants DetachFromDisposeScope()
    {
        foreach (var tensor in Tensors)
            tensor.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }

    private IEnumerable<Tensor> Tensors => new[] { Order, Positions, StatePlaces }.OfType<Tensor>();
}
