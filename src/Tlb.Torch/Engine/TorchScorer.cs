using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Scores images with TorchSharp.</summary>
internal sealed class TorchScorer : IScorer
{
    private readonly TlbConfig _config;
    private readonly ComputeType _type;
    private readonly Device _device;
    private readonly int _mostImages;                                        // as many as there is working memory for
    private readonly TlbNetwork _network;
    private readonly IReadOnlyList<IDisposable> _tensors;                    // the network's
    private volatile bool _isDisposed;

    public TorchScorer(NetworkWeights weights, Device device, ComputeType type, long workMemory)
    {
        WorkLimit.ThrowIfOver(workMemory, weights.Config, "Scoring an image", PassSize.ScoringBytes);
        _mostImages = MostImages(weights.Config, workMemory);
        using var scope = NewDisposeScope();
        (_config, _device, _type) = (weights.Config, device, type);
        (_network, _tensors) = Fold(WeightTensors.Flatten(weights, device), weights.Layout);
    }

    /// <summary>Scores with weights that are on the device already.</summary>
    /// <param name="config">The network.</param>
    /// <param name="layout">The weights' names and shapes.</param>
    /// <param name="weights">The weights, [P]. What is made of them stays as it is when they change.</param>
    /// <param name="type">What to compute in.</param>
    /// <param name="workMemory">The most bytes of working memory that a call may take, for one image or more.</param>
    public TorchScorer(TlbConfig config, ParameterLayout layout, Tensor weights, ComputeType type, long workMemory)
    {
        _mostImages = MostImages(config, workMemory);
        (_config, _device, _type) = (config, weights.device, type);
        (_network, _tensors) = Fold(weights, layout);
    }

    public void Score(ImageBatch batch, Span<float> probabilities)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfNoRoom(batch, probabilities, _config);
        if (batch.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var products = _type.AllowTensorFloat32();
        using var convolutions = ExactConvolutions.For(_config, _type, _device);
        var images = ImageTensors.From(batch, _config.ImageSize, _device);   // [B, S, S, 3]
        foreach (var (first, count) in Parts(batch.Count))
            using (NewDisposeScope())
                _network.Forward(images.narrow(0, first, count))             // [b, classes]
                    .CopyTo(probabilities.Slice(first * _config.NumberOfClasses, count * _config.NumberOfClasses));
    }

    public void Explain(ImageBatch batch, Span<float> probabilities, Span<float> attention, Span<float> stateAttention = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EngineArguments.ThrowIfNoRoom(batch, probabilities, _config);
        EngineArguments.ThrowIfNoRoomForAttention(batch, attention, stateAttention, _config);
        if (batch.Count == 0)
            return;
        var stateTokens = _config.DistinctStates * _config.TokenCount;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var products = _type.AllowTensorFloat32();
        using var convolutions = ExactConvolutions.For(_config, _type, _device);
        var images = ImageTensors.From(batch, _config.ImageSize, _device);   // [B, S, S, 3]
        foreach (var (first, count) in Parts(batch.Count))
            using (NewDisposeScope())
            {
                var (scores, attended, stateAttended) = _network.Explain(images.narrow(0, first, count)); // [b, classes], [b, N], [b, V, N]
                scores.CopyTo(probabilities.Slice(first * _config.NumberOfClasses, count * _config.NumberOfClasses));
                attended.CopyTo(attention.Slice(first * _config.TokenCount, count * _config.TokenCount));
                if (!stateAttention.IsEmpty)
                    stateAttended.CopyTo(stateAttention.Slice(first * stateTokens, count * stateTokens));
            }
    }

    public void Dispose()
    {
        _isDisposed = true;
        foreach (var tensor in _tensors)
            tensor.Dispose();
    }

    private static int MostImages(TlbConfig config, long workMemory) => (int)Math.Clamp(workMemory / PassSize.ScoringBytes(config), 1, int.MaxValue);

    /// <summary>The parts of a batch that are computed at once: all of it, where there is memory for that.</summary>
    private IEnumerable<(int First, int Count)> Parts(int count)
    {
        for (var first = 0; first < count; first += _mostImages)
            yield return (first, Math.Min(_mostImages, count - first));
    }

    private (TlbNetwork Network, IReadOnlyList<IDisposable> Tensors) Fold(Tensor weights, ParameterLayout layout)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor folded;
        using (NewDisposeScope())
            folded = FoldedWeights.Fold(_config, new WeightTensors(weights, layout), _type.Type).MoveToOuterDisposeScope(); // [F]
        var network = new TlbNetwork(_config, new FoldedWeights(_config, folded, _type.Type));
        var tensors = scope.DisposablesView;
        scope.Detach(tensors);
        return (network, tensors);
    }
}
